import { describe, expect, onTestFinished, test } from "vitest";
import type { Page, PageFailureKind, PageOutcome, PageReader } from "../../src/search/pages/page-reader.ts";

/** What the page is, or what happens where it should be. */
export type PageSituation =
  /** A short page. */
  | "page"
  /** The sentence `LONG_PAGE_START`, much else, `LONG_PAGE_FACT` and much else, 50,000 bytes or more. */
  | "long-page"
  /** A page without text. */
  | "blank"
  /** A request is taken and never answered. */
  | "hangs"
  /** Whoever answers says that it failed. */
  | "fails";

export const LONG_PAGE_START = "This page begins here.";
export const LONG_PAGE_FACT = "Hafnium was discovered in Copenhagen.";

export interface PageSubject {
  readonly reader: PageReader;
  /** Address of the page. */
  readonly url: string;
  /** Resolves when the page is asked for the first time. */
  readonly asked: Promise<unknown>;
  close(): Promise<void>;
}

/** What the suite needs to know of a reader. */
export interface PageReaderHarness {
  readonly name: string;
  /** What is read in the situation "page", but for its URL. */
  readonly page: Omit<Page, "url">;
  readonly kindOfFailure: PageFailureKind;
  /** A key that must not be seen in any failure. */
  readonly secret?: string;
  /** A reader in that situation, which gives up after `deadlineMs`. */
  open(situation: PageSituation, deadlineMs?: number): Promise<PageSubject>;
}

/** Registers what every reader of pages promises. */
export function describePageReader(harness: PageReaderHarness): void {
  async function open(situation: PageSituation, deadlineMs?: number): Promise<PageSubject> {
    const subject = await harness.open(situation, deadlineMs);
    onTestFinished(() => subject.close());
    return subject;
  }
  async function read(situation: PageSituation, deadlineMs?: number): Promise<PageOutcome> {
    const { reader, url } = await open(situation, deadlineMs);
    const outcome = await reader.read(url);
    expect(JSON.stringify(outcome)).not.toContain(harness.secret ?? "no secret");
    return outcome;
  }

  describe(`${harness.name} as a reader of pages`, () => {
    test("is named", async () => {
      expect((await open("page")).reader.name).toBe(harness.name);
    });

    test("reads a page", async () => {
      const { reader, url } = await open("page");
      expect(await reader.read(url)).toEqual({ status: "read", page: { url, ...harness.page } });
    });

    test("reads several pages side by side", async () => {
      const { reader, url } = await open("page");
      const outcomes = await Promise.all([reader.read(url), reader.read(`${url}#part`)]);
      expect(outcomes).toEqual([1, 2].map(() => ({ status: "read", page: { url, ...harness.page } })));
    });

    test("keeps a page within 8,000 bytes", async () => {
      const outcome = await read("long-page");
      const text = outcome.status === "read" ? outcome.page.text : "";
      expect(text.startsWith(LONG_PAGE_START)).toBe(true);
      expect(text.endsWith(" …")).toBe(true);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8_000);
      expect(Buffer.byteLength(text)).toBeGreaterThan(6_000);
    });

    test("keeps what the query asks for within maxBytes", async () => {
      const { reader, url } = await open("long-page");
      const outcome = await reader.read(url, { query: "Who discovered hafnium?", maxBytes: 3_000 });
      const text = outcome.status === "read" ? outcome.page.text : "";
      expect(text.startsWith(LONG_PAGE_START)).toBe(true);
      expect(text).toContain(LONG_PAGE_FACT);
      expect(text).toContain(" … ");
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(3_000);
    });

    test("says that a page has no text", async () => {
      expect(await read("blank")).toMatchObject({ status: "failed", failure: { kind: "no-text" } });
    });

    test(`says that it failed: ${harness.kindOfFailure}`, async () => {
      expect(await read("fails")).toMatchObject({
        status: "failed",
        failure: { kind: harness.kindOfFailure },
      });
    });

    test("gives up by its own deadline", async () => {
      expect(await read("hangs", 150)).toMatchObject({ status: "failed", failure: { kind: "timeout" } });
    });

    test.each([
      "http://169.254.169.254/latest/meta-data/",
      "http://[::1]/",
      "http://10.0.0.1/",
      "file:///etc/passwd",
      "javascript:alert(1)",
      "https://user:password@site.example/",
      "https://site.example:22/",
      "no address",
      "",
    ])("does not read %j", async (url) => {
      const { reader } = await open("page");
      const outcome = await reader.read(url);
      expect(outcome).toMatchObject({ status: "failed", failure: { kind: "forbidden-address" } });
      expect(JSON.stringify(outcome)).not.toContain("password@");
    });

    test("rejects with an AbortError when it is aborted before", async () => {
      const { reader, url } = await open("page");
      const signal = AbortSignal.abort(new Error("enough"));
      await expect(reader.read(url, { signal })).rejects.toMatchObject({ name: "AbortError" });
    });

    test("stops at once on abort", async () => {
      const { reader, url, asked } = await open("hangs");
      const controller = new AbortController();
      const reading = reader.read(url, { signal: controller.signal });
      void asked.then(() => controller.abort());
      await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    });
  });
}
