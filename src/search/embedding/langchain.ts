import { messageOf } from "../../errors.ts";
import { throwIfAborted } from "../../net/abort.ts";
import { withDeadline } from "../../net/deadline.ts";
import { withoutWrittenKeys } from "../../net/written-keys.ts";
import { cleanLine } from "../clean-text.ts";
import { type Embedded, type Embedder, prefixed, type Prefixes, toVectors } from "./embedder.ts";

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
        return failed("server-error", `${name} failed: ${withoutWrittenKeys(cleanLine(messageOf(error)))}`);
      }
    },
  };
}

function failed(kind: "timeout" | "server-error", message: string): Embedded {
  return { status: "failed", failure: { kind, message } };
}
