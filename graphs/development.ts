import { readRules } from "../src/server/access.ts";
import { createProcessApp } from "../src/server/app.ts";
import { createDevelopmentAuth } from "../src/server/auth.ts";
import { deleted } from "./server-state.ts";

/** What `auth.path` of langgraph.json names: no keys, but no other site's page gets in. */
export const auth = createDevelopmentAuth(readRules(process.env, "langgraph.json"), deleted);

/** What `http.app` of langgraph.json names: the same routes without keys, for a developer's own machine. */
export const app = createProcessApp(process, { guarded: false, deleted });
