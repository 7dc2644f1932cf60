import { Auth, HTTPException } from "@langchain/langgraph-sdk/auth";
import { admit, type Access } from "./access.ts";
import { grantAccess } from "./grants.ts";

/**
 * Authentication and authorisation for LangGraph Server. It is asked before every route but `/info` and the files of
 * `/ui`, and so is the place to keep everybody from `/internal`, which no other code comes before. Of a user nothing
 * but the name is handed on: whatever is handed on is written into checkpoints.
 */
export function createAuth(access: Access): Auth {
  const authentication = new Auth().authenticate((request) => {
    const admitted = admit(request, access);
    if ("status" in admitted) {
      throw new HTTPException(admitted.status, {
        message: admitted.message,
        headers: admitted.status === 401 ? { "www-authenticate": "Bearer" } : {},
      });
    }
    return { identity: admitted.identity, permissions: [] };
  });
  grantAccess(authentication, access.webhookHosts);
  return authentication;
}
