import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import type { SearchEngine, SearchFailureKind, SearchResult } from "../../../../src/search/engine.ts";
import type { HttpOptions } from "../../../../src/search/engines/wire/http.ts";
import type { HttpSearchEngineHarness, Situation } from "../../../conformance/search-engine.ts";
import { type Answer, startWireServer } from "../../../servers/wire-server.ts";

export interface HttpHarnessOptions {
  readonly name: string;
  /** What the service answers with. Default `json`. */
  readonly format?: "json" | "html";
  readonly results: readonly SearchResult[];
  readonly resultsOfNulls: readonly SearchResult[];
  readonly statusKinds?: Readonly<Record<number, SearchFailureKind>>;
  readonly create: (baseUrl: string, options: HttpOptions) => SearchEngine;
}

export const SECRET = "tvly-dev-0123456789abcdef";

/** Text of a captured reply. */
export function readFixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/search/${name}`, import.meta.url), "utf8");
}

/** Answers with JSON. */
export function json(body: string, status = 200): Answer {
  return (response) => response.writeHead(status, { "content-type": "application/json" }).end(body);
}

/** Answers with a web page. */
export function html(body: string, status = 200): Answer {
  return (response) => response.writeHead(status, { "content-type": "text/html; charset=UTF-8" }).end(body);
}

/** The harness of an engine whose replies are the fixtures `<name>-found.<format>`, `-nothing` and `-nulls`. */
export function createHttpHarness(options: HttpHarnessOptions): HttpSearchEngineHarness {
  const { name, create, format = "json", ...rest } = options;
  return {
    ...rest,
    name,
    create,
    nothing: readFixture(`${name}-nothing.${format}`),
    query: "who discovered hafnium",
    unanswerable: "xyzzy",
    secret: SECRET,
    async open(situation, deadlineMs) {
      const server = await startWireServer(answerIn({ name, format }, situation));
      if (situation === "refused") await server.close();
      const engine = create(server.url, {
        maxReplyBytes: 100_000,
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
      });
      return {
        engine,
        asked: server.asked,
        disconnected: server.disconnected,
        close: () => (situation === "refused" ? Promise.resolve() : server.close()),
      };
    },
  };
}

function answerIn({ name, format }: { name: string; format: "json" | "html" }, situation: Situation): Answer {
  const answerWith = (fixture: string): Answer =>
    (format === "json" ? json : html)(readFixture(`${name}-${fixture}.${format}`));
  if (typeof situation === "object") return refuse(situation.status, situation.headers);
  switch (situation) {
    case "found":
    case "refused":
      return answerWith("found");
    case "nothing":
      return answerWith("nothing");
    case "nulls":
      return answerWith("nulls");
    case "wrong-shape":
      return json('{"status":"ok","results":{"0":{}},"result":{"0":{}}}');
    case "not-json":
      return json('{"results": [');
    case "empty-body":
      return json("");
    case "web-page":
      return (response) =>
        response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Log in</title>");
    case "larger-than-the-limit":
      return json(JSON.stringify({ results: [], result: [[]], padding: "x".repeat(100_000) }));
    case "cut-body":
      return (response) => startBody(response, () => response.destroy());
    case "reset":
      return (response) => response.destroy();
    case "hangs":
      return () => undefined;
    case "hangs-in-body":
      return (response) => startBody(response, () => undefined);
  }
}

function startBody(response: ServerResponse, then: () => void): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"results": [', then);
}

/** A refusal that repeats the key it was sent. */
function refuse(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) =>
    response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify({ detail: { error: `not for ${SECRET}` } }));
}
