import { describe, expect, onTestFinished, test } from "vitest";
import { isAbort } from "../../src/errors.ts";
import type { HttpOptions } from "../../src/search/engines/wire/http.ts";
import type {
  SearchEngine,
  SearchFailureKind,
  SearchOutcome,
  SearchResult,
} from "../../src/search/engine.ts";

/** What the service behind an engine does with every request of one test. */
export type Situation =
  | "found"
  | "nothing"
  /** A reply in which every field that may be absent is null. */
  | "nulls"
  /** JSON that is something else. */
  | "wrong-shape"
  | "not-json"
  | "empty-body"
  /** Status 200 with a web page. */
  | "web-page"
  | "larger-than-the-limit"
  /** Headers, then half of the body, then the connection is closed. */
  | "cut-body"
  /** The connection is closed without a reply. */
  | "reset"
  /** Nothing listens. */
  | "refused"
  /** A request is taken and never answered. */
  | "hangs"
  /** Headers and a piece of the body come, and never the rest. */
  | "hangs-in-body"
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

export interface Subject {
  readonly engine: SearchEngine;
  close(): Promise<void>;
  /** Resolves when the service is asked for the first time. */
  readonly asked: Promise<unknown>;
  /** Resolves when the connection of a request that was never answered is closed. */
  readonly disconnected: Promise<unknown>;
}

/** What the suite needs to know of an engine. */
export interface SearchEngineHarness {
  readonly name: string;
  /** A query that finds `results` in the situation "found". Two or more, with different texts. */
  readonly query: string;
  readonly results: readonly SearchResult[];
  readonly unanswerable: string;
  /** What comes of the situation "nulls". */
  readonly resultsOfNulls: readonly SearchResult[];
  /** A key that must not be seen in any failure. */
  readonly secret?: string;
  /** Statuses that mean something else to this engine than to the others. */
  readonly statusKinds?: Readonly<Record<number, SearchFailureKind>>;
  /** An engine in front of a service in that situation, with a deadline of `deadlineMs`. */
  open(situation: Situation, deadlineMs?: number): Promise<Subject>;
}

/** And of one that asks a service over HTTP. */
export interface HttpSearchEngineHarness extends SearchEngineHarness {
  /** An engine that asks there. */
  create(baseUrl: string, options: HttpOptions): SearchEngine;
  /** What the service says when it finds nothing. */
  readonly nothing: string;
}

const STATUS_KINDS: Readonly<Record<number, SearchFailureKind>> = {
  400: "rejected",
  401: "unauthorized",
  402: "quota-exceeded",
  403: "unauthorized",
  404: "misconfigured",
  405: "misconfigured",
  408: "timeout",
  418: "rejected",
  422: "rejected",
  429: "rate-limited",
  500: "server-error",
  502: "server-error",
  503: "server-error",
  504: "server-error",
};

const FAULTS: readonly (readonly [Situation, SearchFailureKind])[] = [
  ["wrong-shape", "bad-reply"],
  ["not-json", "bad-reply"],
  ["empty-body", "bad-reply"],
  ["web-page", "bad-reply"],
  ["larger-than-the-limit", "bad-reply"],
  ["cut-body", "unreachable"],
  ["reset", "unreachable"],
  ["refused", "unreachable"],
];

/** Registers what every engine promises. */
export function describeSearchEngine(harness: SearchEngineHarness): void {
  const { query } = harness;
  async function open(situation: Situation, deadlineMs?: number): Promise<Subject> {
    const subject = await harness.open(situation, deadlineMs);
    onTestFinished(() => subject.close());
    return subject;
  }

  describe(`${harness.name} as a search engine`, () => {
    test("is named", async () => {
      expect((await open("found")).engine.name).toBe(harness.name);
    });

    test("gives what it found, best first", async () => {
      const { engine } = await open("found");
      expect(await engine.search(query)).toEqual({ status: "found", results: harness.results });
    });

    test("gives at most maxResults", async () => {
      const { engine } = await open("found");
      expect(await engine.search(query, { maxResults: 1 })).toEqual({
        status: "found",
        results: harness.results.slice(0, 1),
      });
    });

    test.each([0, -1, Number.NaN])("takes maxResults %s for the default", async (maxResults) => {
      const { engine } = await open("found");
      expect(await engine.search(query, { maxResults })).toEqual({
        status: "found",
        results: harness.results,
      });
    });

    test("says that it found nothing", async () => {
      const { engine } = await open("nothing");
      expect(await engine.search(harness.unanswerable)).toEqual({ status: "nothing" });
    });

    test.each(["", " \n\t", "\u200B\u0007"])("does not search for %j", async (blank) => {
      const { engine } = await open("found");
      expect(await engine.search(blank)).toEqual({
        status: "failed",
        failure: { kind: "rejected", message: "The search query is empty. Ask for something." },
      });
    });

    test("answers several searches side by side", async () => {
      const { engine } = await open("found");
      const outcomes = await Promise.all(Array.from({ length: 5 }, () => engine.search(query)));
      expect(outcomes).toEqual(
        Array.from({ length: 5 }, () => ({ status: "found", results: harness.results })),
      );
    });

    test.each(['C++ "unclosed', "a\uD800b", "😀", "x".repeat(10_000), "a AND (b OR NOT c*) ^d:e"])(
      "takes any query",
      async (odd) => {
        const { engine } = await open("found");
        const outcome = await engine.search(odd);
        expect(["found", "nothing"]).toContain(outcome.status);
      },
    );

    test("rejects with an AbortError when it is aborted before", async () => {
      const { engine } = await open("found");
      await expect(engine.search(query, { signal: AbortSignal.abort() })).rejects.toSatisfy(isAbort);
    });

    test("rejects with an AbortError whatever the reason of the abort is", async () => {
      const { engine } = await open("found");
      const signal = AbortSignal.abort(new Error("enough"));
      await expect(engine.search(query, { signal })).rejects.toMatchObject({ name: "AbortError" });
    });
  });
}

/** Registers what every engine promises that asks a service over HTTP. */
export function describeHttpSearchEngine(harness: HttpSearchEngineHarness): void {
  const { query } = harness;
  async function open(situation: Situation, deadlineMs?: number): Promise<Subject> {
    const subject = await harness.open(situation, deadlineMs);
    onTestFinished(() => subject.close());
    return subject;
  }
  async function failureIn(situation: Situation, deadlineMs?: number): Promise<SearchOutcome> {
    const { engine } = await open(situation, deadlineMs);
    const outcome = await engine.search(query);
    expect(JSON.stringify(outcome)).not.toContain(harness.secret ?? "no secret");
    return outcome;
  }

  describeSearchEngine(harness);

  describe(`${harness.name} over HTTP`, () => {
    test("uses the fetch that it is given", async () => {
      const asked: string[] = [];
      const engine = harness.create("https://service.example", {
        async fetch(url) {
          asked.push(new URL(url instanceof Request ? url.url : url).host);
          return new Response(harness.nothing);
        },
      });
      expect(await engine.search(harness.unanswerable)).toEqual({ status: "nothing" });
      expect(asked).toEqual(["service.example"]);
    });

    test.each(["", "service.example", "ftp://service.example"])("refuses the base URL %j", (baseUrl) => {
      expect(() => harness.create(baseUrl, {})).toThrow(/^The base URL of .+ is not an http\(s\) address\./u);
    });

    test("takes null for a field that is absent", async () => {
      const { engine } = await open("nulls");
      expect(await engine.search(query)).toEqual({ status: "found", results: harness.resultsOfNulls });
    });

    const statuses = Object.entries({ ...STATUS_KINDS, ...harness.statusKinds });
    test.each(statuses)("tells the failure of status %s as %s", async (status, kind) => {
      expect(await failureIn({ status: Number(status) })).toEqual({
        status: "failed",
        failure: { kind, message: expect.any(String), status: Number(status) },
      });
    });

    test("tells how long the service asks to wait", async () => {
      expect(await failureIn({ status: 429, headers: { "retry-after": "2" } })).toMatchObject({
        failure: { kind: "rate-limited", status: 429, retryAfterMs: 2_000 },
      });
    });

    test.each(FAULTS)("tells the failure of %j as %s", async (situation, kind) => {
      expect(await failureIn(situation)).toMatchObject({ status: "failed", failure: { kind } });
    });

    test.each(["hangs", "hangs-in-body"] as const)(
      "ends by its own deadline when the service %s",
      async (fault) => {
        const { engine, disconnected } = await open(fault, 150);
        expect(await engine.search(query)).toMatchObject({ status: "failed", failure: { kind: "timeout" } });
        await disconnected;
      },
    );

    test.each(["hangs", "hangs-in-body"] as const)(
      "stops at once on abort when the service %s",
      async (fault) => {
        const { engine, asked, disconnected } = await open(fault);
        const controller = new AbortController();
        const search = engine.search(query, { signal: controller.signal });
        void asked.then(() => controller.abort());
        await expect(search).rejects.toMatchObject({ name: "AbortError" });
        await disconnected;
      },
    );

    test("does not follow a redirect to another origin", async () => {
      const location = "https://elsewhere.invalid/search";
      expect(await failureIn({ status: 307, headers: { location } })).toMatchObject({
        failure: {
          kind: "misconfigured",
          message: expect.stringContaining("https://elsewhere.invalid/search"),
        },
      });
    });
  });
}
