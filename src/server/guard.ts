import type { Context, MiddlewareHandler, Next } from "hono";
import { admit, type Access } from "./access.ts";
import { limitBusyThreads } from "./busy-threads.ts";
import { DELETED, threadIn, type DeletedThreads } from "./deleted-threads.ts";
import { throughDeletion } from "./deletion.ts";
import { limitBody } from "./json-body.ts";
import { refusalOf, type RequestRules } from "./request-checks.ts";
import { refusalOfBody } from "./body.ts";
import { clientOf, createOwnershipCheck } from "./ownership.ts";
import { toResponse, type ErrorReply } from "./error-reply.ts";
import { refusalOfPlace } from "./state/places.ts";
import { refusalOfState } from "./state/values.ts";
import { refusalOfChoices, type Choosable } from "./run-choices.ts";

/** What routes behind the guard find in `c.var`. */
export interface GuardedVariables {
  readonly auth: { readonly user: { readonly identity: string } };
}

/** What both forms of the guard look things up in. */
interface Surroundings {
  readonly deleted: DeletedThreads;
  readonly choosable: Choosable;
}

/** Bytes of a body of LangGraph's own routes. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Routes of our own, which read and bound their bodies themselves. */
const OWN_ROUTES = /^\/(?:v1|mcp)(?:\/|$)/;
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-site",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/**
 * What stands in front of all routes, LangGraph's and ours. It asks for the key itself, since LangGraph asks for none
 * at `/info`, at `/ui` and, in its image, at routes that it does not know. `/ok` and the page at `/` alone are open.
 */
export function guard(
  access: Access,
  { deleted, choosable, busyThreads }: Surroundings & { readonly busyThreads: number },
): MiddlewareHandler<{ Variables: GuardedVariables }> {
  const refusalOfOwnership = createOwnershipCheck();
  const limited = limitBusyThreads(busyThreads);
  return async (c, next) => {
    const admitted = admit(c.req.raw, access);
    if ("status" in admitted) {
      c.res = toResponse(admitted);
      return;
    }
    // LangGraph's own entry, where there is one, holds more than the name
    if (c.get("auth") === undefined) c.set("auth", { user: { identity: admitted.identity } });
    const { identity } = admitted;
    const client = () => clientOf(c.req.raw);
    const look = lookThrough(
      async () =>
        (await refusalOfText(c, choosable)) ??
        refusalOfDeleted(c, deleted) ??
        (await refusalOfOwnership(c.req.raw, c.req.path, identity)),
      async (_c, go) => limited(c, () => throughDeletion(c, go, { deleted, client }), { identity, client }),
    );
    await look(c, next);
    for (const [name, value] of Object.entries(HEADERS)) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
  };
}

/** Stands in front of all routes on a developer's machine: the same rules, without keys and owners. */
export function checkRequests(rules: RequestRules, { deleted, choosable }: Surroundings): MiddlewareHandler {
  const look = lookThrough(
    async (c) =>
      (await refusalOfText(c, choosable, { anyConfigurable: true })) ?? refusalOfDeleted(c, deleted),
    async (c, next) => throughDeletion(c, next, { deleted, client: () => clientOf(c.req.raw) }),
  );
  return async (c, next) => {
    const refusal = refusalOf(c.req.raw, rules);
    return refusal === null ? look(c, next) : toResponse(refusal);
  };
}

/** Goes on, through `pass`, where the body is short enough and nothing is refused. */
function lookThrough(
  refusalIn: (c: Context) => Promise<ErrorReply | null>,
  pass: (c: Context, next: Next) => Promise<void>,
): MiddlewareHandler {
  const limited = limitBody(MAX_BODY_BYTES);
  return async (c, next) => {
    if (OWN_ROUTES.test(c.req.path)) return next();
    const reply = await limited(c, async () => {
      const refusal = await refusalIn(c);
      if (refusal === null) await pass(c, next);
      else c.res = toResponse(refusal);
    });
    if (reply instanceof Response) c.res = reply;
  };
}

function refusalOfDeleted(c: Context, deleted: DeletedThreads): ErrorReply | null {
  const thread = threadIn(c.req.path);
  return thread !== undefined && deleted.has(thread) ? DELETED : null;
}

async function refusalOfText(
  c: Context,
  choosable: Choosable,
  options?: { readonly anyConfigurable: boolean },
): Promise<ErrorReply | null> {
  if (c.req.method === "GET" || c.req.method === "HEAD") return null;
  const text = await c.req.text();
  if (text === "") return null;
  const refusal = refusalOfBody(text, options);
  if (refusal !== null) return refusal;
  const body: unknown = JSON.parse(text);
  return (
    refusalOfChoices(body, choosable) ??
    (await refusalOfState(c.req.path, body)) ??
    (await refusalOfPlace(c.req, body, () => clientOf(c.req.raw)))
  );
}
