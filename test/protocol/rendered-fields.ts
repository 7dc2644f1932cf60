import type { NumberedResult, Protocol, QueryReply, ToolReply } from "../../src/protocol/protocol.ts";

/** Every place where text from outside comes to stand in the prompt, with how the protocol renders it there. */
export function renderedFields(
  protocol: Protocol,
): readonly (readonly [field: string, render: (text: string) => string])[] {
  const respond = (reply: ToolReply): string => protocol.respond(reply);
  const results = (result: Partial<NumberedResult>, reply: Partial<QueryReply> = {}): string =>
    respond(resultsReply([numbered(result)], reply));
  const opened = (question: string, earlier: string): string =>
    protocol
      .open({
        question,
        history: [
          { role: "user", content: earlier },
          { role: "assistant", content: earlier },
        ],
        date: "2025-03-06",
        maxSearches: 5,
      })
      .messages.map(({ content }) => content)
      .join("\n");
  return [
    ["title", (title) => results({ title })],
    ["title of a repeated result", (title) => results({ title }, { status: "repeated" })],
    ["url", (url) => results({ url })],
    ["text", (text) => results({ text })],
    ["date", (date) => results({ date })],
    ["what a page says besides another", (rest) => results({ echo: { of: 2, rest } })],
    ["digest", (digest) => results({}, { digest })],
    ["query, among others", (query) => respond(twoQueries(query))],
    ["query, nothing found", (query) => respond(resultsReply([], { query, status: "nothing" }))],
    ["query, repeated", (query) => respond(resultsReply([], { query, status: "repeated" }))],
    ["query, not run", (query) => respond(resultsReply([], { query, status: "not-run" }))],
    ["query, failed", (query) => respond(resultsReply([], { query, status: "failed", reason: "Timeout." }))],
    ["failure reason", (reason) => respond(resultsReply([], { status: "failed", reason }))],
    ["digest prompt: text", (text) => digestPrompt(protocol, { text })],
    ["digest prompt: title", (title) => digestPrompt(protocol, { title })],
    ["digest prompt: query", (query) => digestPrompt(protocol, {}, query)],
    ["fault detail", (detail) => respond({ kind: "fault", fault: "malformed", detail })],
    ["question", (question) => opened(question, "Earlier.")],
    ["history", (earlier) => opened("Why?", earlier)],
  ];
}

function digestPrompt(protocol: Protocol, result: Partial<NumberedResult>, query = "height"): string {
  const turn = [{ origin: "model" as const, text: `${query} is what I look for.` }];
  const results = [numbered(result)];
  return protocol.digestSide
    .ask({ question: query, turn, query, results })
    .map(({ content }) => content)
    .join("\n");
}

/** Fields that stand side by side in the rendered text, each given one half. */
export function adjacentFields(
  protocol: Protocol,
): readonly (readonly [fields: string, render: (head: string, tail: string) => string])[] {
  const render = (results: readonly Partial<NumberedResult>[], reply: Partial<QueryReply> = {}): string =>
    protocol.respond(resultsReply(results.map(numbered), reply));
  return [
    ["title, text", (title, text) => render([{ title, text, url: "" }])],
    ["title, url", (title, url) => render([{ title, url }])],
    ["title, date", (title, date) => render([{ title, date }])],
    ["url, text", (url, text) => render([{ url, text }])],
    ["text, next title", (text, title) => render([{ text }, { number: 2, title }])],
    ["query, reason", (query, reason) => render([], { query, status: "failed", reason })],
  ];
}

export function numbered(result: Partial<NumberedResult> = {}): NumberedResult {
  return {
    number: 1,
    title: "Mount Kenya",
    url: "https://example.org/kenya",
    text: "It is 5,199 m high.",
    shownBefore: false,
    ...result,
  };
}

export function resultsReply(results: readonly NumberedResult[], reply: Partial<QueryReply> = {}): ToolReply {
  return {
    kind: "results",
    queries: [{ query: "Mount Kenya height", status: "found", results, ...reply }],
    searchesLeft: 3,
    boundary: "k7f3",
  };
}

function twoQueries(query: string): ToolReply {
  const reply: QueryReply = { query, status: "found", results: [numbered()] };
  return {
    kind: "results",
    queries: [reply, { ...reply, query: "other" }],
    searchesLeft: 3,
    boundary: "k7f3",
  };
}
