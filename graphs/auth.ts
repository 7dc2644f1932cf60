import { readAccess } from "../src/server/access.ts";
import { createAuth } from "../src/server/auth.ts";
import { deleted } from "./server-state.ts";

/** What `auth.path` of langgraph.production.json names. */
export const auth = createAuth(readAccess(process.env), deleted);
