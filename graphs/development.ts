import { readRules } from "../src/server/access.ts";
import { startServerApp } from "../src/server/app.ts";
import { createDevelopmentAuth } from "../src/server/auth.ts";

/** What `auth.path` of langgraph.json names: no keys, but no other site's page gets in. */
export const auth = createDevelopmentAuth(readRules(process.env, "langgraph.json"));

/** What `http.app` of langgraph.json names: the same routes without keys, for a developer's own machine. */
export const app = await startServerApp(process, { guarded: false });
