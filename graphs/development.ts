import { enterServer } from "./entry.ts";

/** What `http.app` of langgraph.json names: the same routes with nothing in front, for a developer's own machine. */
export const app = enterServer({ guarded: false });
