import { z } from "zod";
import { messageOf } from "../../errors.ts";
import { throwIfAborted } from "../../net/abort.ts";
import { withDeadline } from "../../net/deadline.ts";
import { withoutWrittenKeys } from "../../net/written-keys.ts";
import { cleanLine } from "../clean-text.ts";
import type { SearchFailureKind } from "../engine.ts";
import {
  type Embedded,
  type Embedder,
  embeddingFailed,
  prefixed,
  type Prefixes,
  toVectors,
} from "./embedder.ts";

/** What is used of LangChain's `Embeddings`: a class of any of its packages fits. */
export interface LangChainEmbeddings {
  embedQuery(text: string): Promise<number[]>;
  embedDocuments(texts: string[]): Promise<number[][]>;
}

export interface LangChainEmbedderOptions extends Prefixes {
  /** The model: kept with the vectors, which another one cannot read. */
  readonly name: string;
}

/** Embeds with any `Embeddings` of LangChain. What it throws is a failure. */
export function createLangChainEmbedder(
  embeddings: LangChainEmbeddings,
  options: LangChainEmbedderOptions,
): Embedder {
  const { name, documentPrefix = "" } = options;
  return {
    name,
    documentPrefix,
    async embed(texts, { purpose, signal, deadlineMs }) {
      const asked = prefixed(texts, purpose, options);
      try {
        const found = await withDeadline({ deadlineMs, signal }, () =>
          purpose === "query"
            ? Promise.all(asked.map((text) => embeddings.embedQuery(text)))
            : embeddings.embedDocuments([...asked]),
        );
        if (found !== "deadline") return toVectors(name, found, texts.length);
        return failed("timeout", `${name} did not answer within ${deadlineMs / 1000} s.`);
      } catch (error) {
        throwIfAborted(signal);
        return failed(kindOf(error), `${name} failed: ${withoutWrittenKeys(cleanLine(messageOf(error)))}`);
      }
    },
  };
}

/** The clients of many services put the HTTP status into `status`. */
const statusSchema = z.object({ status: z.int() });

function kindOf(error: unknown): SearchFailureKind {
  const { data } = statusSchema.safeParse(error);
  if (data?.status === 429) return "rate-limited";
  return data !== undefined && data.status >= 400 && data.status < 500 ? "rejected" : "server-error";
}

function failed(kind: SearchFailureKind, message: string): Embedded {
  const failure = { kind, message };
  return kind === "rejected" ? embeddingFailed(failure) : { status: "failed", failure };
}
