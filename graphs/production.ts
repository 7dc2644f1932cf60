import { startServerApp } from "../src/server/app.ts";

/** What `http.app` of langgraph.production.json names. */
export const app = await startServerApp(process, { guarded: true });
