import { z } from "zod";
import { faultOf } from "../../errors.ts";
import type { SearchEngine, SearchFailure, SearchOutcome } from "../../search/engine.ts";
import type { PageOutcome, PageReader } from "../../search/pages/page-reader.ts";
import { rerankingSchema } from "../state.ts";

const text = z.string();
const status = z.enum(["found", "nothing", "failed"]);
const failure = z.object({ kind: text, message: text });

/** What comes with any outcome. */
const about = {
  attempts: z
    .array(
      z.object({
        engine: text,
        from: z.enum(["engine", "shared", "cache", "journal", "recording"]),
        status,
        failure: failure.optional(),
        waitedMs: z.number(),
        milliseconds: z.number(),
      }),
    )
    .optional(),
  note: text.optional(),
  reranking: rerankingSchema.optional(),
};

const outcomeSchema = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("found"),
    results: z.array(z.object({ title: text, url: text, text, date: text.optional() })),
    ...about,
  }),
  z.object({ status: z.literal("nothing"), ...about }),
  z.object({
    status: z.literal("failed"),
    failure,
    ...about,
  }),
]);

const pageSchema = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("read"),
    page: z.object({ url: text, title: text, text, date: text.optional(), links: z.array(text) }),
  }),
  z.object({ status: z.literal("failed"), failure }),
]);

/**
 * The engine as the graph asks it: what is no outcome, as an engine of the user's own may give whatever its type says, is a
 * failed search.
 */
export function checkedEngine(engine: SearchEngine): SearchEngine {
  return {
    name: engine.name,
    async search(query, options): Promise<SearchOutcome> {
      const outcome = await engine.search(query, options);
      const wrong = faultOf(outcomeSchema, outcome);
      if (wrong === undefined) return outcome;
      return {
        status: "failed",
        failure: badReply(`The search engine ${engine.name}`, "SearchOutcome", wrong),
      };
    },
  };
}

/** The same of a reader of pages. */
export function checkedReader(reader: PageReader): PageReader {
  return {
    name: reader.name,
    async read(url, options): Promise<PageOutcome> {
      const outcome = await reader.read(url, options);
      const wrong = faultOf(pageSchema, outcome);
      if (wrong === undefined) return outcome;
      return { status: "failed", failure: badReply(`The page reader ${reader.name}`, "PageOutcome", wrong) };
    },
  };
}

function badReply(who: string, type: string, wrong: string): SearchFailure {
  const message = `${who} gave what is no ${type}: ${wrong}. Mend what it returns.`;
  return { kind: "bad-reply", message };
}
