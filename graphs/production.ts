import { createProcessApp } from "../src/server/app.ts";
import { deleted } from "./server-state.ts";

/** What `http.app` of langgraph.production.json names. */
export const app = createProcessApp(process, { guarded: true, deleted });
