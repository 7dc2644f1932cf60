import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readApiKeys } from "../../src/server/api-keys.ts";

const hash = (key: string): string => createHash("sha256").update(key).digest("hex");
const keys = readApiKeys(`alice:${hash("a1")}, bob:${hash("b1").toUpperCase()},alice:${hash("a2")},`);
const who = (headers: Record<string, string>): string => {
  const found = keys.identify(new Headers(headers));
  return "identity" in found ? found.identity : found.code;
};

test.each([
  [{ authorization: "Bearer a1" }, "alice"],
  [{ authorization: "bearer  a2" }, "alice"],
  [{ "x-api-key": "b1" }, "bob"],
  [{ authorization: "Bearer a1", "x-api-key": "b1" }, "alice"],
  [{ authorization: "Bearer nobody", "x-api-key": "b1" }, "wrong_key"],
  [{ authorization: `Bearer ${hash("a1")}` }, "wrong_key"],
  [{ authorization: "a1" }, "no_key"],
  [{ authorization: "Basic a1" }, "no_key"],
  [{ authorization: "Bearer " }, "no_key"],
  [{ "x-api-key": "" }, "no_key"],
  [{ "x-api-key": "x".repeat(10_000) }, "wrong_key"],
  [{ "x-auth-scheme": "langsmith" }, "no_key"],
  [{}, "no_key"],
])("%j is %s", (headers, expected) => {
  expect(who(headers)).toBe(expected);
});

test.each([undefined, "", " , "])("without keys (%j) nobody gets in, and is told what to set", (text) => {
  const found = readApiKeys(text).identify(new Headers({ "x-api-key": "" }));
  expect(found).toEqual({
    status: 401,
    code: "no_keys_set",
    message:
      "Nobody can get in: this server has no API keys. Whoever runs it sets AGENTIC_RAG_API_KEYS to name:<sha256 of a key>.",
  });
});

describe("an entry that cannot be used stops the start, and is not repeated", () => {
  const secret = "sk-canary-2718";
  test.each([
    [secret, "entry 1 is not name:<sha256 hex>"],
    [`alice:${secret}`, "what follows the name in entry 1 is not a SHA-256 in hex (64 digits)"],
    [`alice:${hash("a")}:${secret}`, "entry 1 is not name:<sha256 hex>"],
    [`alice:${hash("a")},:${hash(secret)}`, "the name in entry 2 cannot be used"],
    [`a.b:${hash(secret)}`, "the name in entry 1 cannot be used"],
    [`__proto__:${hash(secret)}`, "the name in entry 1 cannot be used"],
    [`langgraph-studio-user:${hash(secret)}`, "the name in entry 1 cannot be used"],
    [`agentic-rag:${hash(secret)}`, "the name in entry 1 cannot be used"],
    [`alice:${hash("")}`, "entry 1 is the hash of an empty key"],
    [`alice:${hash("a")},bob:${hash("a")}`, '"alice" and "bob" have the same key'],
  ])("%s", (text, why) => {
    const reading = (): unknown => readApiKeys(text);
    expect(reading).toThrow(why);
    expect(reading).toThrow(/^AGENTIC_RAG_API_KEYS cannot be used: /);
    expect(reading).not.toThrow(secret);
  });
});
