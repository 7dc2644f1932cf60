import type { Auth } from "@langchain/langgraph-sdk/auth";
import { HTTPException } from "@langchain/langgraph-sdk/auth";
import { isIdentity } from "./api-keys.ts";
import { DELETED, type DeletedThreads } from "./deleted-threads.ts";
import { checkNewRun } from "./new-run.ts";

/** The user of a request, as LangGraph hands it on. */
interface Caller {
  readonly user: { readonly identity: string };
}

/** What LangGraph keeps of a thing; it stores the object that was handed in, so that this is where its owner is written. */
interface Stamped {
  metadata?: Record<string, unknown> | null | undefined;
}

/**
 * Who may do what. Everything is refused that is not granted here: a user has threads and runs, and sees no other's;
 * reads the assistants; has the part of the store that begins with the user's name; may schedule nothing. Only one
 * handler runs for a request, the most special one, so each of them says all that holds for it.
 *
 * @param webhookHosts hosts, with their port where it is not the usual one, to which runs may report; none by default.
 */
export function grantAccess(auth: Auth, webhookHosts: readonly string[], deleted: DeletedThreads): void {
  auth.on("*", () => false);

  auth.on("threads:create", ({ user, value }) => {
    refuseDeleted(value, deleted);
    return stamp({ user }, value);
  });
  // so that nobody gives a thread away, or puts one among another's
  auth.on("threads:update", ({ user, value }) => stamp({ user }, value));
  auth.on(["threads:read", "threads:search", "threads:delete"], ({ user }) => ownedBy({ user }));
  auth.on("threads:create_run", ({ user, value }) => {
    refuseDeleted(value, deleted);
    refuseWebhook(value.kwargs["webhook"], webhookHosts);
    checkNewRun(value);
    return stamp({ user }, value);
  });

  auth.on(["assistants:read", "assistants:search"], ({ user }) => {
    ownedBy({ user });
    return true;
  });

  auth.on(["store:put", "store:get", "store:search", "store:list_namespaces", "store:delete"], (request) => {
    const { owner } = ownedBy(request);
    if (request.value.namespace?.[0] === owner) return true;
    throw new HTTPException(403, {
      message: `Your part of the store is the namespace that begins with "${owner}".`,
    });
  });
}

/** The filter for what is the caller's. An empty one would match everything, and is refused. */
function ownedBy({ user }: Caller): { owner: string } {
  if (!isIdentity(user.identity)) throw new HTTPException(403, { message: "This user may do nothing here." });
  return { owner: user.identity };
}

function stamp(caller: Caller, value: Stamped): { owner: string } {
  const filter = ownedBy(caller);
  value.metadata = { ...value.metadata, ...filter };
  return filter;
}

/** Refuses to make a thread of an id that a deleted one had. @throws HTTPException 409. */
export function refuseDeleted(
  { thread_id: id }: { readonly thread_id?: unknown },
  deleted: DeletedThreads,
): void {
  if (typeof id === "string" && deleted.has(id)) throw new HTTPException(409, { message: DELETED.message });
}

/** What a run sends to a webhook is everything that it was asked and found. */
function refuseWebhook(webhook: unknown, hosts: readonly string[]): void {
  if (webhook === undefined || webhook === null) return;
  const url = typeof webhook === "string" && URL.canParse(webhook) ? new URL(webhook) : null;
  const taken =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username === "" &&
    url.password === "" &&
    hosts.includes(url.host);
  if (taken) return;
  throw new HTTPException(403, {
    message:
      "Runs may not report to this webhook. Whoever runs this server can add its host to AGENTIC_RAG_WEBHOOK_HOSTS.",
  });
}
