import { createHash, timingSafeEqual } from "node:crypto";
import { AgenticRagError } from "../errors.ts";
import type { ErrorReply } from "./error-reply.ts";

/** Who may use the server, each known by the SHA-256 of a key. The keys themselves are nowhere. */
export interface ApiKeys {
  /** The user whose key the request brings (`Authorization: Bearer` or `x-api-key`), or why nobody's. */
  identify(headers: Headers): { readonly identity: string } | ErrorReply;
}

interface KnownKey {
  readonly identity: string;
  readonly digest: Buffer;
}

/** Safe as a label of the store, in a list and in a log. */
const IDENTITY = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const DIGEST = /^[0-9a-f]{64}$/i;
/** Who asks for health without a key, and who works on a developer's machine: identities that own nothing. */
export const NOBODY = "nobody";
export const DEVELOPER = "developer";
/** With them what LangGraph calls the user of Studio, and the label under which searches are kept. */
const RESERVED = ["langgraph-studio-user", "agentic-rag", NOBODY, DEVELOPER];
const DIGEST_OF_NOTHING = createHash("sha256").update("").digest("hex");
/** Characters of a key; what is longer is nobody's and not hashed. */
const MAX_KEY = 512;

const NO_KEYS: ErrorReply = {
  status: 401,
  code: "no_keys_set",
  message:
    "Nobody can get in: this server has no API keys. Whoever runs it sets AGENTIC_RAG_API_KEYS to name:<sha256 of a key>.",
};
const NO_KEY: ErrorReply = {
  status: 401,
  code: "no_key",
  message: "An API key is needed: send it as Authorization: Bearer <key>, or as x-api-key.",
};
const WRONG_KEY: ErrorReply = {
  status: 401,
  code: "wrong_key",
  message: "This API key is not known here. Ask whoever runs this server for one.",
};

/**
 * Reads `AGENTIC_RAG_API_KEYS`: `name:<sha256 hex>`, separated by commas. A name may have several keys, so that they
 * can be changed one after the other. Throws `settings-invalid` for an entry that is not of this form.
 */
export function readApiKeys(text: string | undefined): ApiKeys {
  const known = (text ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .map(readEntry);
  for (const { identity, digest } of known) {
    const other = known.find((key) => key.identity !== identity && key.digest.equals(digest));
    if (other !== undefined) throw invalid(`"${identity}" and "${other.identity}" have the same key`);
  }
  return {
    identify: (headers) => {
      if (known.length === 0) return NO_KEYS;
      const key = keyIn(headers);
      if (key === "") return NO_KEY;
      if (key.length > MAX_KEY) return WRONG_KEY;
      const digest = createHash("sha256").update(key).digest();
      // every key is compared, in a time that tells nothing
      const [match] = known.filter((candidate) => timingSafeEqual(candidate.digest, digest));
      return match === undefined ? WRONG_KEY : { identity: match.identity };
    },
  };
}

/** True for a name that a user can have. */
export function isIdentity(value: unknown): value is string {
  return typeof value === "string" && IDENTITY.test(value) && !RESERVED.includes(value);
}

function keyIn(headers: Headers): string {
  const authorization = headers.get("authorization");
  if (authorization !== null) return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? "";
  return headers.get("x-api-key") ?? "";
}

function readEntry(entry: string, index: number): KnownKey {
  const [identity = "", digest = "", ...rest] = entry.split(":").map((part) => part.trim());
  const place = `entry ${index + 1}`;
  // an entry is not repeated: it may be a key that was put where its hash belongs
  if (rest.length > 0 || digest === "") throw invalid(`${place} is not name:<sha256 hex>`);
  if (!isIdentity(identity)) {
    throw invalid(
      `the name in ${place} cannot be used (letters, digits, _ and -; at most 64; not ${RESERVED.join(", ")})`,
    );
  }
  if (!DIGEST.test(digest)) {
    throw invalid(
      `what follows the name in ${place} is not a SHA-256 in hex (64 digits); give the hash, never the key`,
    );
  }
  if (digest.toLowerCase() === DIGEST_OF_NOTHING) throw invalid(`${place} is the hash of an empty key`);
  return { identity, digest: Buffer.from(digest, "hex") };
}

function invalid(why: string): AgenticRagError {
  return new AgenticRagError(
    "settings-invalid",
    `AGENTIC_RAG_API_KEYS cannot be used: ${why}. Write it as alice:<sha256 hex>,bob:<sha256 hex>.`,
  );
}
