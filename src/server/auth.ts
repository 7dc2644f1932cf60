import { Auth, HTTPException } from "@langchain/langgraph-sdk/auth";
import { admit, type Access } from "./access.ts";
import { DEVELOPER } from "./api-keys.ts";
import type { ErrorReply } from "./error-reply.ts";
import type { DeletedThreads } from "./deleted-threads.ts";
import { grantAccess, refuseDeleted } from "./grants.ts";
import { checkNewRun } from "./new-run.ts";
import { refusalOf, type RequestRules } from "./request-checks.ts";

/**
 * Authentication and authorisation for LangGraph Server. It is asked before every route but `/info` and the files of
 * `/ui`, and so is the place to keep everybody from `/internal`, which no other code comes before. Of a user nothing
 * but the name is handed on: whatever is handed on is written into checkpoints.
 */
export function createAuth(access: Access, deleted: DeletedThreads): Auth {
  const authentication = new Auth().authenticate((request) => {
    const admitted = admit(request, access);
    if ("status" in admitted) throw refused(admitted);
    return { identity: admitted.identity, permissions: [] };
  });
  grantAccess(authentication, access.webhookHosts, deleted);
  return authentication;
}

/**
 * The same place on a developer's machine: no keys and no owners, but no other site's page reaches `/internal` or a
 * WebSocket, and a run is looked at as in production. Everybody who is let in is one developer.
 */
export function createDevelopmentAuth(rules: RequestRules, deleted: DeletedThreads): Auth {
  return new Auth()
    .authenticate((request) => {
      const refusal = refusalOf(request, rules);
      if (refusal !== null) throw refused(refusal);
      return { identity: DEVELOPER, permissions: [] };
    })
    .on("threads:create", ({ value }) => refuseDeleted(value, deleted))
    .on("threads:create_run", ({ value }) => {
      refuseDeleted(value, deleted);
      checkNewRun(value);
    });
}

function refused({ status, message }: ErrorReply): HTTPException {
  return new HTTPException(status, {
    message,
    headers: status === 401 ? { "www-authenticate": "Bearer" } : {},
  });
}
