import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const ROOT = new URL("../../", import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, ROOT), "utf8");

const target = z.string().regex(/^\.\/[\w./-]+\.ts:\w+$/);
/** The keys that LangGraph's command line knows. It drops every other without a word. */
const configuration = z.strictObject({
  node_version: z.enum(["20", "22", "24"]),
  graphs: z.record(z.string(), target),
  env: z.union([z.string(), z.record(z.string(), z.string())]),
  auth: z.strictObject({ path: target, disable_studio_auth: z.boolean() }).optional(),
  http: z.strictObject({
    app: target,
    cors: z
      .strictObject({
        allow_origins: z.array(z.url()).optional(),
        allow_origin_regex: z.string().optional(),
        allow_methods: z.array(z.string()).optional(),
        allow_headers: z.array(z.string()).optional(),
        allow_credentials: z.boolean().optional(),
        expose_headers: z.array(z.string()),
        max_age: z.number().optional(),
      })
      .optional(),
  }),
});
const development = configuration.parse(JSON.parse(read("langgraph.json")));
const production = configuration.parse(JSON.parse(read("langgraph.production.json")));

const targets = [development, production].flatMap(({ http, auth }) => [
  http.app,
  ...(auth === undefined ? [] : [auth.path]),
]);

test.each([
  ["./graphs/development.ts:app", "fetch"],
  ["./graphs/production.ts:app", "fetch"],
  ["./graphs/auth.ts:auth", "authenticate"],
  ["./graphs/development.ts:auth", "authenticate"],
])("%s exists", async (named, method) => {
  expect(targets).toContain(named);
  const [file = "", name = ""] = named.split(":");
  const module: Record<string, unknown> = await import(fileURLToPath(new URL(file, ROOT)));
  expect(module[name]).toHaveProperty(method);
});

test("production serves what development serves, behind auth that Studio does not pass, with no secrets in a file", () => {
  expect(production.graphs).toEqual(development.graphs);
  expect(production.node_version).toBe(development.node_version);
  expect(production.auth?.disable_studio_auth).toBe(true);
  expect(production.env).toEqual({});
  expect(production.http.cors?.allow_origins).toEqual([]);
  expect(production.http.cors?.allow_credentials).toBe(false);
  // with it no other site's page reaches /internal, which comes before our routes
  expect(development.auth?.disable_studio_auth).toBe(true);
});

test("the Dockerfile is what its script makes", () => {
  const made = execFileSync("sh", [fileURLToPath(new URL("scripts/dockerfile.sh", ROOT))], {
    encoding: "utf8",
  });
  expect(made).toBe(read("Dockerfile"));
});

test("what the Dockerfile names gets into the image, and little else", () => {
  const kept = read(".dockerignore")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  expect(kept).toEqual([
    "*",
    "!.npmrc",
    "!package.json",
    "!package-lock.json",
    "!scripts/build.mjs",
    "!langgraph.production.json",
    "!corpus",
    "!graphs",
    "!src",
  ]);
  const named = [...Object.values(production.graphs), production.http.app, production.auth?.path ?? ""];
  expect(named.map((path) => /^\.\/(graphs|src)\//.test(path))).toEqual(named.map(() => true));
  // what the image installs is what the lock file has, and what it starts with is there
  expect(read("Dockerfile")).toContain("\nRUN npm ci\n");
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read("package.json")));
  expect(scripts["prepare"]).toBe("node scripts/build.mjs --if-possible");
});

describe("compose.yaml", () => {
  const service = z.object({
    image: z.string().optional(),
    build: z.string().optional(),
    ports: z.array(z.string()).default([]),
    environment: z.record(z.string(), z.string()),
    depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
    healthcheck: z.object({ test: z.string(), interval: z.string(), retries: z.number() }),
  });
  const text = read("compose.yaml");
  const { services, volumes } = z
    .object({
      services: z.strictObject({ server: service, postgres: service, redis: service }),
      volumes: z.record(z.string(), z.null()),
    })
    .parse(parse(text));

  test("starts the server when PostgreSQL and Redis are healthy, and shows this machine alone its port", () => {
    expect(services.server.build).toBe(".");
    expect(services.server.depends_on).toEqual({
      postgres: { condition: "service_healthy" },
      redis: { condition: "service_healthy" },
    });
    expect(services.server.ports).toEqual(["127.0.0.1:${AGENTIC_RAG_PORT:-8123}:8000"]);
    expect([services.postgres.ports, services.redis.ports]).toEqual([[], []]);
    expect(Object.keys(volumes)).toEqual(["postgres"]);
  });

  test("has no secret in it: each comes from the environment, and passwords and keys must be set", () => {
    const secrets = Object.values(services).flatMap(({ environment }) =>
      Object.entries(environment).filter(([name]) => /KEY|PASSWORD|AUTH|URI/.test(name)),
    );
    expect(secrets.length).toBe(9);
    for (const [name, value] of secrets) expect([name, /\$\{[A-Z_]+:[?-]/.test(value)]).toEqual([name, true]);
    const required = new Set([...text.matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name));
    expect(required).toEqual(new Set(["AGENTIC_RAG_API_KEYS", "POSTGRES_PASSWORD", "REDIS_PASSWORD"]));
    const defaults = [...text.matchAll(/\$\{([A-Z_]+):-([^}]+)\}/g)].map(([, name, value]) => [name, value]);
    expect(defaults).toEqual([
      ["AGENTIC_RAG_PORT", "8123"],
      ["LANGSMITH_TRACING", "false"],
      ["N_JOBS_PER_WORKER", "10"],
    ]);
  });
});
