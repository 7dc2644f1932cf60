import { Document } from "@langchain/core/documents";
import { BaseRetriever } from "@langchain/core/retrievers";
import { Tool } from "@langchain/core/tools";
import { z } from "zod";
import type { LangChainOptions } from "../../../src/search/langchain/langchain.ts";
import { readFixture, SECRET } from "../engines/wire/http-harness.ts";

const failure = z.strictObject({
  type: z.enum(["Error", "SyntaxError", "TypeError"]),
  message: z.string(),
  cause: z.strictObject({ name: z.string(), message: z.string(), code: z.string() }).optional(),
});
const recording = z.strictObject({
  /** What the service did. */
  case: z.string(),
  class: z.string(),
  /** What the instance calls itself. */
  name: z.string(),
  query: z.string().default("who discovered hafnium"),
  /** A tool's text, or a retriever's documents. */
  output: z
    .union([
      z.string(),
      z.array(z.strictObject({ pageContent: z.string(), metadata: z.record(z.string(), z.unknown()) })),
    ])
    .optional(),
  error: failure.optional(),
});
type Recording = z.infer<typeof recording>;

/** What classes of `@langchain/community` returned or threw, each asked once with a server on the loopback behind it. */
export const { recordings } = z
  .object({ recordings: z.array(recording) })
  .parse(JSON.parse(readFixture("langchain-community.json")));

export function find(className: string, situation: string): Recording {
  const found = recordings.find((one) => one.class === className && one.case === situation);
  if (found === undefined) throw new Error(`There is no recording of ${className}: ${situation}.`);
  return found;
}

/** A tool or retriever that does what its class did. */
export function play(played: Recording): LangChainOptions["source"] {
  return RETRIEVERS.has(played.class) ? new PlayedRetriever(played) : new PlayedTool(played);
}

const RETRIEVERS = new Set(["TavilySearchAPIRetriever", "VespaRetriever", "BM25Retriever"]);

class PlayedTool extends Tool {
  readonly name: string;
  readonly description = "Searches.";
  readonly apiKey = SECRET;
  readonly #played: Recording;

  constructor(played: Recording) {
    super();
    this.name = played.name;
    this.#played = played;
  }

  // oxlint-disable-next-line no-underscore-dangle -- LangChain's name
  override async _call(query: string): Promise<string> {
    return z.string().parse(outcomeOf(this.#played, query));
  }
}

class PlayedRetriever extends BaseRetriever {
  readonly lc_namespace = ["test"];
  readonly apiKey = SECRET;
  readonly #played: Recording;

  constructor(played: Recording) {
    super();
    this.name = played.name;
    this.#played = played;
  }

  // oxlint-disable-next-line no-underscore-dangle -- LangChain's name
  override async _getRelevantDocuments(query: string): Promise<Document[]> {
    const documents = outcomeOf(this.#played, query);
    if (!Array.isArray(documents)) throw new Error("A retriever's recording holds documents.");
    return documents.map((document) => new Document(document));
  }
}

function outcomeOf(played: Recording, query: string): Recording["output"] {
  if (query !== played.query) throw new Error(`Recorded for ${played.query}, asked for ${query}.`);
  if (played.error === undefined) return played.output;
  const { type, message, cause } = played.error;
  const because = cause && {
    cause: Object.assign(new Error(cause.message), { name: cause.name, code: cause.code }),
  };
  throw new { Error, SyntaxError, TypeError }[type](message, because);
}
