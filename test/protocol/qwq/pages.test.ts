import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { jinjaTemplate } from "../../../src/model/template/chat-template.ts";
import { readCallJson } from "../../../src/protocol/call-json.ts";
import type { PageReply } from "../../../src/protocol/protocol.ts";
import type { CallFault, CallReading } from "../../../src/protocol/protocol.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { wireText } from "../arbitrary-text.ts";
import { numbered } from "../rendered-fields.ts";

const FIXTURES = new URL("../../fixtures/", import.meta.url);
const template = jinjaTemplate(readFileSync(new URL("model/qwq.jinja", FIXTURES), "utf8"), { name: "QwQ" });
const ASKED = {
  question: "When was QwQ-32B released?",
  history: [],
  date: "2026-11-22",
  maxSearches: 5,
  boundary: "k7f3",
};

describe("the prompt", () => {
  it.each([
    ["with both tools", "qwq-pages", {}],
    ["with one page and no search", "qwq-pages-no-searches", { maxSearches: 0, maxPages: 1 }],
    ["for native tools", "qwq-pages-native", { nativeTools: true }],
  ])("%s", async (_, name, options) => {
    const prompt = template.render(qwq.open({ ...ASKED, maxPages: 3, ...options }).messages);
    await expect(prompt).toMatchFileSnapshot(new URL(`prompts/${name}.txt`, FIXTURES).pathname);
  });

  it("is the same as without pages where none may be opened", () => {
    expect(qwq.open({ ...ASKED, maxPages: 0 })).toEqual(qwq.open(ASKED));
  });
});

const seed = (url: unknown): string => JSON.stringify({ action: "open_url", action_input: { url } });
const hermes = (input: unknown): string => JSON.stringify({ name: "open_url", arguments: input });
const search = '{"action": "web_search", "action_input": {"query": "x"}}';
const PAGE = "https://example.org/a";

describe("a call that opens pages", () => {
  it.each<[string, string, string[]]>([
    ["the form of the prompt", seed(PAGE), [PAGE]],
    ["the Hermes form", hermes({ url: PAGE }), [PAGE]],
    ["Hermes with parameters", `{"name":"open_url","parameters":{"url":"${PAGE}"}}`, [PAGE]],
    ["arguments in a JSON string", hermes(JSON.stringify({ url: PAGE })), [PAGE]],
    ["arguments that are the bare address", hermes(PAGE), [PAGE]],
    ["a list of addresses", seed([PAGE, " b "]), [PAGE, "b"]],
    ["a list under its own name", hermes({ urls: [PAGE, "b"] }), [PAGE, "b"]],
    ["a list of calls", `[${seed(PAGE)}, ${hermes({ url: "b" })}]`, [PAGE, "b"]],
    ["calls line by line", `${seed(PAGE)}\n${seed("b")}`, [PAGE, "b"]],
    ["single quotes", `{'action': 'open_url', 'action_input': {'url': '${PAGE}'}}`, [PAGE]],
    ["an address in angle brackets", seed(`<${PAGE}>`), [PAGE]],
    ["fields that mean nothing", hermes({ url: PAGE, goal: "to know", query: "x" }), [PAGE]],
    ["half a character", '{"name":"open_url","arguments":{"url":"a\\ud83d"}}', ["a\u{fffd}"]],
    ["ten addresses", seed(Array.from({ length: 10 }, () => "a")), Array.from({ length: 10 }, () => "a")],
  ])("%s", (_, payload, urls) => {
    expect(readCallJson(payload, { pages: true })).toEqual({ kind: "open", urls });
  });

  const ONE_TOOL = 'One call is for one tool: for "web_search" or for "open_url".';
  it.each<[string, string, CallFault, string]>([
    ["both tools", `[${search}, ${seed(PAGE)}]`, "mixed-tools", ONE_TOOL],
    ["both tools, line by line", `${seed(PAGE)}\n${search}`, "mixed-tools", ONE_TOOL],
    ["no address", hermes({ query: "x" }), "missing-field", 'The field "url" is missing.'],
    ["an empty address", seed(" "), "missing-field", "The address is empty."],
    ["an empty list", seed([]), "missing-field", "The address is empty."],
    ["an object", seed({ $ne: 1 }), "wrong-type", '"url" must be a text or a list of texts.'],
    ["a number", seed(1), "wrong-type", '"url" must be a text or a list of texts.'],
    [
      "a forbidden key",
      '{"name":"open_url","arguments":{"__proto__":{"url":"x"}}}',
      "malformed",
      'The field "__proto__" is not allowed.',
    ],
    ["too long", seed("x".repeat(2001)), "too-long", "An address may have 2000 characters at most."],
    [
      "too many",
      seed(Array.from({ length: 11 }, () => "a")),
      "too-long",
      "A call may open 10 pages at most.",
    ],
    [
      "too many in all",
      `[${seed(["a", "b", "c", "d", "e", "f"])}, ${seed(["a", "b", "c", "d", "e"])}]`,
      "too-long",
      "A call may open 10 pages at most.",
    ],
    [
      "another tool",
      '{"name":"shell","arguments":{"url":"x"}}',
      "unknown-tool",
      'There is no tool "shell"; the tools are "web_search" and "open_url".',
    ],
  ])("is not one with %s", (_, payload, fault, detail) => {
    expect(readCallJson(payload, { pages: true })).toEqual({ kind: "fault", fault, detail });
  });

  it("is of an unknown tool where it was not offered", () => {
    const unknown = 'There is no tool "open_url"; the only tool is "web_search".';
    expect(readCallJson(seed(PAGE))).toEqual({ kind: "fault", fault: "unknown-tool", detail: unknown });
  });

  it("does not make a search another one", () => {
    expect(readCallJson(search, { pages: true })).toEqual(readCallJson(search));
  });

  it("is never made of half a call", () => {
    const text = `<tool_call>\n${seed(PAGE)}\n</tool_call>`;
    expect(qwq.readCall(text, true, { pages: true })).toEqual({ kind: "open", urls: [PAGE] });
    expect(qwq.readCall(text, false, { pages: true })).toMatchObject({ fault: "cut-off" });
  });

  it("whatever is written, it is read as one thing, in closed and bounded form", () => {
    const tags = ["<tool_call>", "</tool_call>", seed(PAGE), hermes({ url: ["a", "b"] }), search, "["];
    fc.assert(
      fc.property(wireText(tags), fc.boolean(), (text, pages) => {
        const read = (offered: boolean): CallReading =>
          qwq.readCall(`<tool_call>${text}</tool_call>`, true, { pages: offered });
        const reading = read(pages);
        const urls = reading.kind === "open" ? reading.urls : [];
        expect(urls.length).toBeLessThanOrEqual(pages ? 10 : 0);
        expect(urls.filter((url) => !/^\S(?:[^\n\r\t]{0,1998}\S)?$/u.test(url))).toEqual([]);
        // what is a search without the second tool is the same search with it
        expect(read(false).kind === "search" ? read(true) : "other").toEqual(
          read(false).kind === "search" ? read(false) : "other",
        );
      }),
      { numRuns: 500 },
    );
  });
});

const respond = (pages: readonly PageReply[], left: { searches?: number; pages?: number } = {}): string =>
  qwq.pageSide!.respond({
    pages,
    searchesLeft: left.searches ?? 3,
    pagesLeft: left.pages ?? 2,
    boundary: "k7f3",
  });
const spliced = (body: string): string => `\n<tool_response>\n${body}\n</tool_response>\n`;
const page = numbered({
  number: 4,
  title: "A",
  url: `${PAGE}?b=[1]#c`,
  text: "It is 7.",
  date: "2026-01-02",
});

describe("what qwq splices for pages", () => {
  const HEAD = "[4 k7f3 https://example.org/a?b=%5B1%5D 2026-01-02] A";
  const LEFT = "Searches left: 3. Pages left: 2.";
  it.each<[string, PageReply, string]>([
    ["read", { url: PAGE, status: "read", result: page }, `${HEAD}\nIt is 7.`],
    [
      "read, with links",
      {
        url: PAGE,
        status: "read",
        result: page,
        links: [
          "https://b.example/x y",
          "https://b.example/x%20y#z",
          "mailto:a@b.example",
          "https://u:p@b.example/",
          `https://b.example/${"x".repeat(300)}`,
        ],
      },
      `${HEAD}\nIt is 7.\n\nLinks on it: https://b.example/x%20y`,
    ],
    [
      "read before",
      { url: PAGE, status: "repeated", result: { ...page, shownBefore: true } },
      `"${PAGE}" was opened before and was not opened again. It is:\n\n${HEAD}\n(shown above)`,
    ],
    [
      "failed before in this call",
      { url: PAGE, status: "repeated" },
      `"${PAGE}" was opened before and was not opened again.`,
    ],
    [
      "failed",
      { url: PAGE, status: "failed", reason: "It is not\nthere [1]." },
      `"${PAGE}" could not be opened: It is not there [1 ].`,
    ],
    [
      "failed for no reason",
      { url: PAGE, status: "failed" },
      `"${PAGE}" could not be opened: no reason given.`,
    ],
    [
      "refused",
      { url: `<|im_end|>\n${"x".repeat(300)}`, status: "refused" },
      `"[|im_end|] ${"x".repeat(189)}…" was not opened: only an address that a source, an opened page or the user gave can be, letter for letter.`,
    ],
    ["beyond the budget", { url: PAGE, status: "not-run" }, `"${PAGE}" was not opened: no pages are left.`],
  ])("%s", (_, reply, text) => {
    expect(respond([reply])).toBe(spliced(`${text}\n\n${LEFT}`));
  });

  it("says what is left of both", () => {
    const lines = (
      [
        [0, 1],
        [1, 0],
        [0, 0],
      ] as const
    ).map(([searches, pages]) =>
      respond([{ url: PAGE, status: "not-run" }], { searches, pages })
        .split("\n")
        .at(-3),
    );
    expect(lines).toEqual([
      "Searches left: 0. Pages left: 1.",
      "Searches left: 1. Pages left: 0.",
      "Searches left: 0. Pages left: 0. Go on to the final answer with what you have.",
    ]);
  });

  it("shows at most ten links", () => {
    const links = Array.from({ length: 50 }, (_, at) => `https://b.example/${at}`);
    const told = respond([{ url: PAGE, status: "read", result: page, links }]);
    expect(told.match(/https:\/\/b\.example/g)).toHaveLength(10);
  });

  it("is heard as a source, without the lines below it", () => {
    const replies: PageReply[] = [
      { url: PAGE, status: "read", result: page, links: ["https://b.example/"] },
      { url: "b", status: "refused" },
      { url: "c", status: "failed", reason: "Gone." },
      { url: "d", status: "not-run" },
    ];
    expect(qwq.modelSide.results(respond(replies))).toEqual([{ number: 4, title: "A", text: "It is 7." }]);
    expect(qwq.modelSide.searchesLeft(respond(replies))).toBe(3);
  });

  it("whatever a page holds, the response has one end and no call", () => {
    const tags = [
      "<tool_call>",
      "</tool_call>",
      "<tool_response>",
      "</tool_response>",
      "<think>",
      "</think>",
    ];
    const text = wireText(tags);
    fc.assert(
      fc.property(text, text, text, (title, body, url) => {
        const result = numbered({ title, text: body, url: `https://b.example/${url}` });
        const told = respond([
          { url, status: "read", result, links: [`https://b.example/${url}`] },
          { url, status: "refused" },
          { url, status: "failed", reason: title },
        ]);
        expect(tags.map((tag) => told.split(tag).length - 1)).toEqual([0, 0, 1, 1, 0, 0]);
      }),
      { numRuns: 300 },
    );
  });
});

test("results show whole addresses where pages may be opened, and hosts where not", () => {
  const heads = [undefined, 0].map((pagesLeft) => {
    const result = numbered({ number: 1, title: "A", url: PAGE, text: "x" });
    const queries = [{ query: "q", status: "found" as const, results: [result] }];
    return qwq.respond({ kind: "results", queries, searchesLeft: 1, boundary: "k7f3", pagesLeft });
  });
  expect(heads).toEqual([
    spliced("[1 k7f3 example.org] A\nx\n\nSearches left: 1."),
    spliced(`[1 k7f3 ${PAGE}] A\nx\n\nSearches left: 1. Pages left: 0.`),
  ]);
});

test("an answer that copies such a head cites by number", () => {
  const turn = [
    { origin: "search", text: respond([{ url: PAGE, status: "read", result: page }]) },
    { origin: "model", text: "</think>\n\nIt is 7 [4 k7f3 https://example.org/a?b=%5B1%5D 2026-01-02]." },
  ] as const;
  expect(qwq.answer(turn)).toBe("It is 7 [4].");
});
