import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Page, PageOutcome, PageReader } from "../../../src/search/pages/page-reader.ts";
import { createWebPageReader, type WebPageReaderOptions } from "../../../src/search/pages/web.ts";
import { describePageReader, type PageSituation } from "../../conformance/page-reader.ts";
import { type Answer, startWireServer, type WireServer } from "../../servers/wire-server.ts";
import { LONG_PAGE } from "./situations.ts";

function html(body: string | Uint8Array, type = "text/html; charset=utf-8"): Answer {
  return (response) => response.writeHead(200, { "content-type": type }).end(body);
}

/** A reader that may ask a server on the loopback. */
function readerOf(server: WireServer, options: WebPageReaderOptions = {}): PageReader {
  return createWebPageReader({
    ports: [Number(new URL(server.url).port)],
    allowAddress: (address) => address === "127.0.0.1",
    ...options,
  });
}

async function read(answer: Answer, options?: WebPageReaderOptions): Promise<PageOutcome> {
  const server = await startWireServer(answer);
  return readerOf(server, options).read(`${server.url}/page`);
}

async function textOf(answer: Answer): Promise<string> {
  const outcome = await read(answer);
  return outcome.status === "read" ? outcome.page.text : JSON.stringify(outcome);
}

const PAGE: Omit<Page, "url"> = {
  title: "Hafnium",
  text: "Hafnium was discovered in 1923.",
  date: "2024-05-06",
  links: ["https://site.example/coster"],
};

function answerIn(situation: PageSituation): Answer {
  switch (situation) {
    case "page":
      return html(
        `<html><head><title>Hafnium</title><meta name="date" content="2024-05-06"></head><body>
          <p>Hafnium was <a href="https://site.example/coster">discovered</a> in 1923.</p></body></html>`,
      );
    case "long-page":
      return html(LONG_PAGE.map((paragraph) => `<p>${paragraph}</p>`).join(""));
    case "blank":
      return html("<html><body><script>render()</script></body></html>");
    case "hangs":
      return () => undefined;
    case "fails":
      return (response) => response.writeHead(503).end();
  }
}

describePageReader({
  name: "web",
  page: PAGE,
  kindOfFailure: "server-error",
  async open(situation, deadlineMs) {
    const server = await startWireServer(answerIn(situation));
    const reader = createWebPageReader({
      allowAddress: (address) => address === "127.0.0.1",
      ports: [80, 443, Number(new URL(server.url).port)],
      ...(deadlineMs === undefined ? {} : { totalMs: deadlineMs }),
    });
    return { reader, url: `${server.url}/page`, asked: server.asked, close: () => server.close() };
  },
});

describe("other kinds of page", () => {
  test("plain text, with its addresses as links", async () => {
    const body = "a < b\n\n\tSee https://site.example/a, (http://other.example/b_c). <tool_call>\u0007\u202E";
    expect(await read(html(body, "text/plain"))).toMatchObject({
      page: {
        title: "page",
        text: "a < b\n\n\tSee https://site.example/a, (http://other.example/b_c). <tool_call>",
        links: ["https://site.example/a", "http://other.example/b_c"],
      },
    });
  });

  test("JSON as it is, however deep", async () => {
    const deep = `${"[".repeat(3_000)}${"]".repeat(3_000)}`;
    expect(await textOf(html(deep, "application/json"))).toBe(deep);
  });

  test("Markdown", async () => {
    const source =
      "# Tools\n\nUse **one** of [these](https://site.example/t).\n\n<!-- SECRET -->\n\n```\na < b\n```\n";
    expect(await read(html(source, "text/markdown"))).toMatchObject({
      page: {
        title: "Tools",
        text: "Use one of these.\n\n```\na < b\n```",
        links: ["https://site.example/t"],
      },
    });
  });

  test.each([
    ["cf-mitigated", "challenge"],
    ["x-amzn-waf-action", "captcha"],
  ])("no page that a guard stands before (%s), although its status is 200", async (name, value) => {
    const outcome = await read((response) =>
      response.writeHead(200, { "content-type": "text/html", [name]: value }).end("<p>Just a moment...</p>"),
    );
    expect(outcome).toEqual({
      status: "failed",
      failure: {
        kind: "unauthorized",
        message: expect.stringMatching(
          /^http:\/\/127\.0\.0\.1:\d+\/page asks whether its reader is a person before it shows anything\. Read another page\.$/u,
        ),
      },
    });
  });

  test("no page of dots", async () => {
    expect(await read(html("<p>...</p>"))).toMatchObject({ status: "failed", failure: { kind: "no-text" } });
    for (const waiting of ["Loading…</p><p>Please wait...", "Wird geladen …", "加载中...", "Chargement"])
      expect(await read(html(`<p>${waiting}</p>`))).toMatchObject({ failure: { kind: "no-text" } });
    expect(await read(html("<p>Loading docks are open from 6.</p>"))).toMatchObject({ status: "read" });
  });

  test("a page of 20,000 nested elements", async () => {
    expect(await textOf(html(`<title>Deep</title>${"<div>".repeat(20_000)}<p>The text.</p>`))).toBe(
      "The text.",
    );
  });

  test("PDF", async () => {
    const pdf = readFileSync(new URL("../../fixtures/search/documents/report.pdf", import.meta.url));
    const outcome = await read(html(pdf, "application/pdf"));
    expect(outcome.status === "read" && outcome.page.text).toContain("Hafnium was discovered in 1923.");
  });

  test("a broken PDF is told of", async () => {
    expect(await read(html("%PDF-1.7 broken", "application/pdf"))).toMatchObject({
      failure: { kind: "unsupported-content", message: expect.stringContaining("is broken or locked") },
    });
  });

  test("more text than is downloaded ends with a mark", async () => {
    expect(await read(html("word ".repeat(100), "text/plain"), { maxDownloadBytes: 50 })).toMatchObject({
      page: { text: `${"word ".repeat(9)}word …` },
    });
  });
});

describe("pages made to cost much", () => {
  const DEEP = `${"<div>".repeat(100_000)}x${"</div>".repeat(100_000)}`;

  test.each([
    ["10,000 links", "<li><a href='/x'>link</a></li>".repeat(10_000)],
    ["100,000 levels", DEEP],
    ["300,000 angle brackets", "<".repeat(300_000)],
    ["a million spaces", `<p>a${" ".repeat(1_000_000)}b</p>`],
    ["300,000 attributes", `<p ${"a=b ".repeat(300_000)}>text</p>`],
    ["300,000 open comments", "<!--".repeat(300_000)],
    ["a style of a megabyte", `<p style="${"/*".repeat(250_000)}${"a:b;".repeat(125_000)}">text</p>`],
    ["packed divs", DEEP],
  ])("end in time, and do not hold up the process: %s", async (name, page) => {
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 10);
    const packed = name === "packed divs";
    const outcome = await read(
      (response) =>
        response
          .writeHead(200, { "content-type": "text/html", ...(packed ? { "content-encoding": "br" } : {}) })
          .end(packed ? brotliCompressSync(page) : page),
      { extractMs: 1_500 },
    );
    clearInterval(ticking);
    const how = outcome.status === "failed" ? outcome.failure.kind : outcome.status;
    expect(["read", "no-text", "unsupported-content"]).toContain(how);
    expect(ticks).toBeGreaterThan(5);
  });

  test("say that they take too much", async () => {
    expect(await read(html(DEEP), { extractMs: 1 })).toMatchObject({
      failure: { kind: "unsupported-content", message: expect.stringContaining("too much time or memory") },
    });
  });

  test("take no more memory than allowed", async () => {
    const page = "<b>x</b>".repeat(240_000);
    expect(await read(html(page), { extractMemoryMb: 24 })).toMatchObject({
      failure: { kind: "unsupported-content", message: expect.stringContaining("too much time or memory") },
    });
  });
});

/** A site without pages. */
function site(robots: Answer): Answer {
  return (response, request) =>
    request.path === "/robots.txt" ? robots(response, request) : response.writeHead(404).end();
}

describe("robots.txt", () => {
  const rules = html("User-agent: *\nDisallow: /page\n", "text/plain");

  test("is not asked by default", async () => {
    const server = await startWireServer(site(rules));
    expect(await readerOf(server).read(`${server.url}/page`)).toMatchObject({ failure: { status: 404 } });
    expect(server.requests.map(({ path }) => path)).toEqual(["/page"]);
  });

  test.each([
    ["forbids a page", rules, "/page", "forbidden-address"],
    ["allows another", rules, "/other", "rejected"],
    [
      "speaks to this reader",
      html("User-agent: langgraph-agentic-rag\nDisallow: /\n", "text/plain"),
      "/",
      "forbidden-address",
    ],
    ["speaks to another", html("User-agent: GPTBot\nDisallow: /\n", "text/plain"), "/", "rejected"],
    ["is not there", (response) => response.writeHead(404).end(), "/page", "rejected"],
    ["cannot be had", (response) => response.writeHead(500).end(), "/page", "forbidden-address"],
  ] satisfies readonly (readonly [string, Answer, string, string])[])(
    "is respected when it %s",
    async (_, robots, path, expected) => {
      const server = await startWireServer(site(robots));
      const outcome = await readerOf(server, { robots: "respect" }).read(`${server.url}${path}`);
      expect(outcome).toMatchObject({ failure: { kind: expected } });
    },
  );

  test("is asked once for several pages", async () => {
    const server = await startWireServer(site(rules));
    const reader = readerOf(server, { robots: "respect" });
    await reader.read(`${server.url}/page`);
    await reader.read(`${server.url}/page`);
    expect(server.requests.map(({ path }) => path)).toEqual(["/robots.txt"]);
  });
});

test("connects to what the lookup said, with undici's own connector", async () => {
  const server = await startWireServer(html("<p>Found.</p>"));
  const { port } = new URL(server.url);
  const reader = readerOf(server, { lookup: async () => ["127.0.0.1"] });
  expect(await reader.read(`http://nowhere.invalid:${port}/`)).toMatchObject({ page: { text: "Found." } });
});

test("gives up on a lookup that takes too long", async () => {
  const server = await startWireServer(html("<p>Found.</p>"));
  const { port } = new URL(server.url);
  const reader = readerOf(server, { lookup: () => new Promise(() => undefined), connectMs: 50 });
  expect(await reader.read(`http://nowhere.invalid:${port}/`)).toMatchObject({
    failure: { kind: "unreachable" },
  });
});
