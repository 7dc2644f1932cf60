import type { BaseRetrieverInterface } from "@langchain/core/retrievers";
import { throwIfAborted, withDeadline } from "../deadline.ts";
import type { SearchEngine, SearchFailure, SearchOutcome } from "../engine.ts";
import { readThrown, readWords } from "./failure.ts";
import { toolInput } from "./input.ts";
import { readDocument } from "./item.ts";
import { readToolOutput } from "./output.ts";
import { createHiding } from "./secrets.ts";
import { type ResultLimits, toOutcome, WEB_AND_FILES } from "../limits.ts";
import { EMPTY_QUERY, readQuestion } from "../query.ts";

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
  /** Time for one search, in milliseconds; it ends then even if the source heeds no signal. Default 15,000. */
  readonly deadlineMs?: number;
  /** Never shown in a failure. The keys that the source holds in fields named like one are hidden anyway. */
  readonly secrets?: readonly string[];
  readonly limits?: ResultLimits;
}

const DEFAULT_DEADLINE_MS = 15_000;

/**
 * Searches with a retriever or a search tool of LangChain. How many results there are to choose from is the source's
 * to say (its `k`); the best `maxResults` are kept. What it throws, and an error that it returns as text, are failures.
 */
export function createLangChainEngine(options: LangChainOptions): SearchEngine {
  const name = options.name ?? nameOf(options.source);
  const hide = createHiding(options.source, options.secrets ?? []);
  const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
  return {
    name,
    async search(query, searchOptions = {}) {
      throwIfAborted(searchOptions.signal);
      const { query: asked, maxResults } = readQuestion(query, searchOptions);
      if (asked === "") return EMPTY_QUERY;
      const outcome = await withDeadline({ deadlineMs, signal: searchOptions.signal }, async (signal) => {
        try {
          return "schema" in options.source
            ? await askTool(options.source, asked, signal)
            : await askRetriever(options.source, asked, signal);
        } catch (error) {
          return failed(readThrown(name, error, hide));
        }
      });
      if (outcome !== "deadline") return outcome;
      return failed({ kind: "timeout", message: `${name} did not answer within ${deadlineMs / 1000} s.` });

      async function askRetriever(
        retriever: BaseRetrieverInterface,
        words: string,
        signal: AbortSignal,
      ): Promise<SearchOutcome> {
        const documents = await retriever.invoke(words, { signal });
        const found = documents.map(({ pageContent, metadata }) => readDocument(pageContent, metadata ?? {}));
        return toOutcome(found, maxResults, options.limits, WEB_AND_FILES);
      }

      async function askTool(
        tool: LangChainTool,
        words: string,
        signal: AbortSignal,
      ): Promise<SearchOutcome> {
        const input = options.toInput?.(words, maxResults) ?? toolInput(tool.schema, words);
        if (input === undefined) return failed(unknownInput(name));
        const output = await readToolOutput(await tool.invoke(input, { signal }));
        if (output.kind === "nothing") return { status: "nothing" };
        if (output.kind === "error") return failed(readWords(name, output.words, hide));
        if (output.kind === "unknown") return failed(unknownOutput(name));
        return toOutcome(output.results, maxResults, options.limits);
      }
    },
  };
}

function nameOf(source: LangChainOptions["source"]): string {
  return "schema" in source ? source.name : source.getName();
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
    message: `${name} returned something that holds no results. Use a tool that searches, or wrap it in one that returns [{title, url, content}].`,
  };
}
