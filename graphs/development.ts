import { startServerApp } from "../src/server/app.ts";

/** What `http.app` of langgraph.json names: the same routes without keys, for a developer's own machine. */
export const app = startServerApp(process, { guarded: false });
