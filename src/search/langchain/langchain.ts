import type { BaseRetrieverInterface } from "@langchain/core/retrievers";
import { withDeadline } from "../../net/deadline.ts";
import type { SearchEngine, SearchFailure, SearchOutcome } from "../engine.ts";
import { type FoundResult, type ResultLimits, toOutcome, WEB_AND_FILES } from "../outcome.ts";
import { createEngine, type Query } from "../query.ts";
import { readThrown, readWords } from "./failure.ts";
import { toolInput } from "./input.ts";
import { readDocument, readResults, readSentence } from "./results.ts";
import { createHiding } from "./secrets.ts";
import { unwrapToolOutput } from "./unwrap.ts";

/** The part of LangChain's `StructuredToolInterface` that is used, without its type parameters: every tool fits. */
export interface LangChainTool {
  readonly name: string;
  /** Of zod, or JSON schema. */
  readonly schema: unknown;
  invoke(input: string | object, config?: { readonly signal?: AbortSignal }): Promise<unknown>;
}

export interface LangChainOptions {
  /** A retriever (of a vector store, of `@langchain/community` …) or a tool that searches. */
  readonly source: BaseRetrieverInterface | LangChainTool;
  /** Name of the engine. Default: the name of the tool, or of the retriever's class. */
  readonly name?: string;
  /** What a tool is given. Default: the query, as a string or in the field that the tool's schema has for it. */
  readonly toInput?: (query: string, maxResults: number) => string | Readonly<Record<string, unknown>>;
  /** What a tool found, read from its output without the message, the blocks of content and the JSON that held it. */
  readonly toResults?: (output: unknown) => readonly FoundResult[];
  /** Time for one search, in milliseconds; it ends then even if the source heeds no signal. Default 15,000. */
  readonly deadlineMs?: number;
  /** Never shown in a failure. The keys that the source holds in fields named like one are hidden anyway. */
  readonly secrets?: readonly string[];
  readonly limits?: ResultLimits;
}

const DEFAULT_DEADLINE_MS = 15_000;

/**
 * Searches with a retriever or a search tool of LangChain. How many results there are to choose from is the source's
 * to say (its `k`); the best `maxResults` are kept. A tool gives documents, `[{title, url, content}]`, that as JSON or as
 * the `results` of an object, or text; for any other form there is `toResults`. What it throws, and an error that it
 * returns as text, are failures.
 */
export function createLangChainEngine(options: LangChainOptions): SearchEngine {
  const { source, limits } = options;
  const name = options.name ?? ("schema" in source ? source.name : source.getName());
  const hide = createHiding(source, options.secrets ?? []);
  const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;

  async function askRetriever(
    retriever: BaseRetrieverInterface,
    { query, maxResults }: Query,
    signal: AbortSignal,
  ): Promise<SearchOutcome> {
    const documents = await retriever.invoke(query, { signal });
    const found = documents.flatMap((document) => readDocument(document) ?? []);
    return toOutcome(found, maxResults, limits, WEB_AND_FILES);
  }
  async function askTool(
    tool: LangChainTool,
    { query, maxResults }: Query,
    signal: AbortSignal,
  ): Promise<SearchOutcome> {
    const input = options.toInput?.(query, maxResults) ?? toolInput(tool.schema, query);
    if (input === undefined) return failed(unknownInput(name));
    const output = unwrapToolOutput(await tool.invoke(input, { signal }));
    const said = readSentence(output.kind === "error" ? output.words : output.value);
    if (said === "nothing") return { status: "nothing" };
    if (output.kind === "error") return failed(readWords(name, output.words, hide));
    if (said === "error") return failed(readWords(name, String(output.value), hide));
    const results = (options.toResults ?? readResults)(output.value);
    return results === undefined ? failed(unknownOutput(name)) : toOutcome(results, maxResults, limits);
  }

  return createEngine(name, async (query, searchOptions) => {
    const outcome = await withDeadline({ deadlineMs, signal: searchOptions.signal }, async (signal) => {
      try {
        return "schema" in source
          ? await askTool(source, query, signal)
          : await askRetriever(source, query, signal);
      } catch (error) {
        return failed(readThrown(name, error, hide));
      }
    });
    if (outcome !== "deadline") return outcome;
    return failed({ kind: "timeout", message: `${name} did not answer within ${deadlineMs / 1000} s.` });
  });
}

function failed(failure: SearchFailure): SearchOutcome {
  return { status: "failed", failure };
}

function unknownInput(name: string): SearchFailure {
  return {
    kind: "misconfigured",
    message: `${name} was not asked: its schema has no field for a query alone. Say with \`toInput\` what it is to be given.`,
  };
}

function unknownOutput(name: string): SearchFailure {
  return {
    kind: "bad-reply",
    message: `${name} returned something that holds no results. Use a tool that searches, or say with \`toResults\` where they are.`,
  };
}
