import { startServerApp } from "../src/server/app.ts";

/** What `http.app` of langgraph.production.json names. */
export const app = startServerApp(process, { guarded: true });
