import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { createServerApp } from "../../../src/server/app.ts";
import { openDeletedThreads } from "../../../src/server/deleted-threads.ts";
import { API_KEYS } from "../../server/visitors.ts";

const deleted = openDeletedThreads("no such folder");
const development = createServerApp({ environment: {}, guarded: false, deleted });
const production = createServerApp({
  environment: { AGENTIC_RAG_API_KEYS: API_KEYS },
  guarded: true,
  deleted,
});

beforeAll(() => {
  execFileSync(process.execPath, ["scripts/build.mjs", "--page"], {
    cwd: fileURLToPath(new URL("../../../", import.meta.url)),
  });
});

const hash = (text = ""): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

test.each([
  ["without keys", development, '<div id="page"></div>'],
  ["behind keys", production, '<div id="page" data-key></div>'],
])("%s the page is given to everybody, and nothing but its own program runs in it", async (_, app, root) => {
  const reply = await app.request("http://localhost:2024/");
  const html = await reply.text();
  expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "text/html; charset=UTF-8"]);
  expect(html).toContain(root);
  const [, style] = /<style>(.*)<\/style>/s.exec(html) ?? [];
  const [, program] = /<script type="module">(.*)<\/script>/s.exec(html) ?? [];
  expect(reply.headers.get("content-security-policy")?.split("; ")).toEqual([
    "default-src 'none'",
    `script-src ${hash(program)}`,
    `style-src ${hash(style)}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]);
  expect(html.match(/<(?:script|link|img|iframe|form|object|base)\b[^>]*>/g)?.length).toBe(2);
  expect(reply.headers.get("referrer-policy")).toBe("no-referrer");
  expect(reply.headers.get("cache-control")).toBe("no-store");
});

test.each([
  ["development", development],
  ["production", production],
])("in %s nobody but a reader gets it, and not under another name", async (_, app) => {
  const ask = async (path: string, init: RequestInit = {}) =>
    (await app.request(`http://localhost:2024${path}`, init)).status;
  expect(await ask("/", { method: "HEAD" })).toBe(200);
  expect(await ask("/?question=x")).toBe(200);
  expect(await ask("/", { method: "POST" })).toBe(404);
  expect(await ask("//")).toBe(404);
  expect(await ask("/index.html")).toBe(404);
  expect(await ask("/", { headers: { host: "attacker.example" } })).toBe(421);
  expect(await ask("/", { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" } })).toBe(
    403,
  );
  // a link from another page leads here
  expect(await ask("/", { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" } })).toBe(
    200,
  );
});

test("the page opens no other door", async () => {
  for (const path of ["/info", "/threads/search", "/assistants/agentic-rag", "/v1/models"]) {
    expect((await production.request(`http://localhost:2024${path}`)).status).toBe(401);
  }
});
