import { enterServer } from "./entry.ts";

/** What `http.app` of langgraph.production.json names. */
export const app = enterServer({ guarded: true });
