import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import {
  answerOf,
  callOf,
  lastWords,
  LAST_THOUGHT,
  queriesOf,
  runsIn,
  stepAsked,
  stepOf,
  wordOf,
  type Case,
} from "./script.ts";
import { answerParent } from "./parent.ts";

const RESULTS = 5;
/** About as much as search APIs give of a page. */
const CHARACTERS = 215;
const STOP = "</tool_call>";

const caseSchema = z.object({
  searches: z.number(),
  queries: z.number().optional(),
  repeats: z.boolean().optional(),
  firstMs: z.number().optional(),
  pieceMs: z.number().optional(),
  pieceCharacters: z.number().optional(),
  searchMs: z.number().optional(),
});
const askedSchema = z.object({ play: caseSchema.optional() });
const completionSchema = z.object({ prompt: z.string(), stop: z.array(z.string()).optional() });
const chatSchema = z.object({ messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })) });
const searchSchema = z.object({ query: z.string() });

/** An event on the wire, and how many characters the model has to write before it. */
interface Event {
  readonly after: number;
  readonly data: unknown;
}

let played: Case = { searches: 1 };
let [requests, written, errors]: [unknown[], number, string[]] = [[], 0, []];
/** `corpus/` as results of a search engine. */
const articles = readArticles();

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    errors.push(String(error));
    if (response.headersSent) response.destroy();
    else response.writeHead(500).end(JSON.stringify({ error: { message: String(error) } }));
  });
});
// so that whoever counts sockets need not wait long
server.keepAliveTimeout = 3_000;
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = z.object({ port: z.number() }).parse(server.address());

answerParent({ url: `http://127.0.0.1:${port}` }, async (message) => {
  const { play } = askedSchema.parse(message);
  const told = { requests, written, errors, sockets: await countSockets() };
  [requests, written, errors] = [[], 0, []];
  if (play !== undefined) played = definedOnly(play);
  return told;
});

function definedOnly(given: z.infer<typeof caseSchema>): Case {
  const { searches, ...rest } = given;
  return { searches, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) };
}

function countSockets(): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const begun = performance.now();
  const body: unknown = JSON.parse(await readText(request));
  if (request.url === "/search") return search(body, response);
  requests.push(body);
  const isChat = request.url === "/v1/chat/completions";
  if (!isChat && request.url !== "/v1/completions") {
    response.writeHead(404).end("{}");
    return;
  }
  const { events, length } = isChat ? chatEvents(body) : completionEvents(body);
  written += length;
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  await deliver(events, begun, response);
}

async function search(body: unknown, response: ServerResponse): Promise<void> {
  const { query } = searchSchema.parse(body);
  const [run = 0] = runsIn(query);
  const { searchMs = 0, repeats = false } = played;
  if (searchMs > 0) await sleep(searchMs);
  const at = stepAsked(query);
  const found = articles.slice(at * RESULTS, (at + 1) * RESULTS);
  if (repeats && at === 1) found.splice(0, 1, ...articles.slice(0, 1));
  const results = found.map(({ title, url, content }, place) => ({
    title,
    url,
    content: place === 0 && at === 0 ? `The word of report ${run} is ${wordOf(run)}. ${content}` : content,
    score: 0.9 - place / 10,
    raw_content: null,
  }));
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify({ query, answer: null, images: [], results, response_time: 0.1 }));
}

/** The run that a prompt is of, which holds nothing of another one. */
function runOf(prompt: string): number {
  const [run, ...others] = runsIn(prompt);
  if (run === undefined || others.length > 0)
    throw new Error(`a prompt of runs ${[run, ...others].join(", ")}`);
  return run;
}

function completionEvents(body: unknown) {
  const { prompt, stop = [] } = completionSchema.parse(body);
  const run = runOf(prompt);
  const turn = prompt.slice(prompt.lastIndexOf("<|im_start|>assistant"));
  const at = turn.split("</tool_response>").length - 1;
  const said =
    at < played.searches ? stepOf(at, run).thought + callOf(queriesOf(at, run, played)) : lastWords(run);
  const stopped = stop.includes(STOP) && said.endsWith(STOP);
  const seen = stopped ? said.slice(0, -STOP.length) : said;
  const choice = (text: string, finish: string | null) => ({
    choices: [
      {
        index: 0,
        text,
        logprobs: null,
        finish_reason: finish,
        stop_reason: finish === null || !stopped ? null : STOP,
      },
    ],
  });
  const events = pieces(seen).map(([after, text]) => ({ after, data: choice(text, null) }));
  events.push({ after: said.length, data: choice("", "stop") });
  return { events: [...events, usageEvent(said, prompt)], length: said.length };
}

function delta(given: object, finish: string | null = null) {
  return { choices: [{ index: 0, delta: given, finish_reason: finish }] };
}

function chatEvents(body: unknown) {
  const { messages } = chatSchema.parse(body);
  const run = runOf(JSON.stringify(messages));
  const at = messages.filter(({ role }) => role === "assistant").length;
  const thought = at < played.searches ? stepOf(at, run).thought : LAST_THOUGHT;
  const events: Event[] = pieces(thought).map(([after, text]) => ({
    after,
    data: delta({ role: "assistant", reasoning_content: text }),
  }));
  let length = thought.length;
  if (at < played.searches) {
    for (const [index, query] of queriesOf(at, run, played).entries()) {
      const call = { index, id: `call-${at}-${index}`, type: "function" };
      const named = { ...call, function: { name: "web_search", arguments: "" } };
      events.push({ after: length, data: delta({ tool_calls: [named] }) });
      const given = JSON.stringify({ query });
      for (const [after, text] of pieces(given)) {
        events.push({
          after: length + after,
          data: delta({ tool_calls: [{ index, function: { arguments: text } }] }),
        });
      }
      length += given.length;
    }
  } else {
    const answered = answerOf(run);
    for (const [after, text] of pieces(answered))
      events.push({ after: length + after, data: delta({ content: text }) });
    length += answered.length;
  }
  const finish = at < played.searches ? "tool_calls" : "stop";
  events.push({ after: length, data: delta({}, finish) });
  return { events: [...events, usageEvent(thought, JSON.stringify(messages))], length };
}

/** Four characters a token: nobody counts by it here. */
function usageEvent(said: string, prompt: string): Event {
  const [drawn = 0, read = 0] = [said, prompt].map((text) => Math.ceil(text.length / 4));
  const usage = {
    prompt_tokens: read,
    completion_tokens: drawn,
    total_tokens: read + drawn,
  };
  return { after: said.length, data: { choices: [], usage } };
}

/** A text in the pieces of this case, each with the characters that lie before it. */
function pieces(text: string): readonly (readonly [after: number, piece: string])[] {
  const size = played.pieceCharacters ?? 12;
  return Array.from({ length: Math.ceil(text.length / size) }, (_, at) => [
    at * size,
    text.slice(at * size, (at + 1) * size),
  ]);
}

/** Each event when the model has written what lies before it, by the clock since the request came. */
async function deliver(events: readonly Event[], begun: number, response: ServerResponse): Promise<void> {
  const { firstMs = 0, pieceMs = 0, pieceCharacters = 12 } = played;
  const id = `chunk-${randomUUID()}`;
  const lines = events.map(({ after, data }) => {
    const common = { id, object: "chunk", created: 1_764_000_000, model: "QwQ-32B" };
    const line = `data: ${JSON.stringify({ ...common, ...Object(data) })}\n\n`;
    return { line, at: begun + firstMs + (after / pieceCharacters) * pieceMs };
  });
  lines.push({ line: "data: [DONE]\n\n", at: lines.at(-1)?.at ?? begun });
  let due = "";
  for (const [place, { line, at }] of lines.entries()) {
    due += line;
    const next = lines[place + 1]?.at ?? at;
    if (next <= at && place < lines.length - 1) continue;
    const wait = at - performance.now();
    if (wait > 0) await sleep(wait);
    if (response.destroyed) return;
    response.write(due);
    due = "";
  }
  response.end();
}

function readArticles(): readonly { title: string; url: string; content: string }[] {
  const folder = process.argv[2] ?? "";
  return readdirSync(folder).flatMap((name) => {
    const [, title = "", url = "", content = ""] =
      /^---\ntitle: "(.*)"\nurl: (\S+)\n[\s\S]*?\n---\n\n# .*\n\n([\s\S]*)$/.exec(
        readFileSync(join(folder, name), "utf8"),
      ) ?? [];
    return title === "" ? [] : [{ title, url, content: content.slice(0, CHARACTERS) }];
  });
}
