// what Node.js code imports: the types of Preact bring those of browsers along, which are to stay in this room
export { reportPage } from "./report-page.tsx";
