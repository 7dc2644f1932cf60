import { interrupt } from "@langchain/langgraph";
import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";

/** The longest hint, reason, query or address that a person may give, in UTF-16 units. */
const MAX_LENGTH = 2000;

interface Asked {
  readonly question: string;
  /** Why the last answer could not be read, and what can be answered. Absent where this is the first time. */
  readonly problem?: string;
}

/** What a person is shown before searches are sent; each of `queries` would be one search. */
export interface SearchApprovalRequest extends Asked {
  readonly type: "approve-search";
  readonly queries: readonly string[];
  readonly engine: string;
  /** How many searches may still run: so many queries may be put in their place. */
  readonly searchesLeft: number;
}

/** The same before pages are opened. */
export interface PagesApprovalRequest extends Asked {
  readonly type: "approve-pages";
  readonly urls: readonly string[];
  readonly pagesLeft: number;
}

export type ApprovalRequest = SearchApprovalRequest | PagesApprovalRequest;

const text = z.string().trim().min(1).max(MAX_LENGTH);
const line = text.refine((value) => !/[\n\r]/.test(value), "Write it on one line.");
const address = line.refine(
  (value) => /^https?:\/\//i.test(value) && URL.canParse(value),
  "Give an address that begins with http:// or https://.",
);

const approve = z.strictObject({ decision: z.literal("approve") }).meta({ title: "Send it as it is" });
const hint = z
  .strictObject({ decision: z.literal("hint"), hint: text.describe("What the model reads instead.") })
  .meta({ title: "Tell the model something instead" });
const deny = z
  .strictObject({
    decision: z.literal("deny"),
    reason: text.optional().describe("The reason that the model reads."),
  })
  .meta({ title: "Do not send it" });

/** The answers to a `SearchApprovalRequest`; `most` searches may be put in the place of those that it asks for. */
export const searchAnswer = (most: number) =>
  z.discriminatedUnion("decision", [
    approve,
    z
      .strictObject({
        decision: z.literal("edit"),
        queries: z.array(line).min(1).max(most).describe("What is searched for instead."),
      })
      .meta({ title: "Search for something else" }),
    hint,
    deny,
  ]);

/** The same for pages. */
export const pagesAnswer = (most: number) =>
  z.discriminatedUnion("decision", [
    approve,
    z
      .strictObject({
        decision: z.literal("edit"),
        urls: z.array(address).min(1).max(most).describe("What is opened instead."),
      })
      .meta({ title: "Open other pages" }),
    hint,
    deny,
  ]);

/** What a person answers to a `SearchApprovalRequest`, as the value of `Command({ resume })`. */
export type SearchApproval = z.infer<ReturnType<typeof searchAnswer>>;

/** What a person answers to a `PagesApprovalRequest`. */
export type PagesApproval = z.infer<ReturnType<typeof pagesAnswer>>;

/** What keeps a call from being run. */
export type Refusal = z.infer<typeof hint> | z.infer<typeof deny>;

/**
 * Waits for a person to allow these searches; the run ends here and continues in this call when it is resumed. An answer
 * of another form is asked for again, with the reason in `problem`.
 *
 * @throws AgenticRagError `settings-invalid` where there is no checkpointer to wait with.
 */
export function askForSearches(request: SearchApprovalRequest): SearchApproval {
  return ask(request, searchAnswer(request.searchesLeft));
}

/** The same for pages. */
export function askForPages(request: PagesApprovalRequest): PagesApproval {
  return ask(request, pagesAnswer(request.pagesLeft));
}

function ask<Answer>(request: ApprovalRequest, answer: z.ZodType<Answer>): Answer {
  // only shown: with a schema to read by, LangGraph fails the run at an answer that does not fit
  const responseSchema = z.toJSONSchema(answer, { io: "input" });
  let problem: string | undefined;
  try {
    for (;;) {
      const asked = { ...request, ...(problem !== undefined && { problem }) };
      const read = answer.safeParse(interrupt<ApprovalRequest>(asked, { responseSchema }));
      if (read.success) return read.data;
      problem = unfit(request, read.error);
    }
  } catch (cause) {
    if (cause instanceof Error && cause.name === "GraphValueError") {
      throw new AgenticRagError("settings-invalid", NO_CHECKPOINTER, { cause });
    }
    throw cause;
  }
}

const NO_CHECKPOINTER =
  "This run asks a person before it searches, and has nothing to wait with. Compile the graph, or the one around it, with a checkpointer and give a thread_id, or leave `approveSearches` out.";

function unfit({ type }: ApprovalRequest, { issues }: z.core.$ZodError): string {
  const field = type === "approve-search" ? "queries" : "urls";
  const problems = issues.map(
    ({ path, message }) => `${path.length === 0 ? "" : `${path.join(".")}: `}${message}`,
  );
  return `The answer to ${type} does not fit: ${problems.join("; ")}. Resume with {"decision":"approve"}, {"decision":"edit","${field}":["…"]}, {"decision":"hint","hint":"…"} or {"decision":"deny","reason":"…"}.`;
}

/** What the model reads about a search or a page that a person refused. */
export function refusalText(refusal: Refusal): string {
  if (refusal.decision === "hint") return `It was not sent. The user says instead: ${sentence(refusal.hint)}`;
  return refusal.reason === undefined
    ? "It was not sent: the user did not allow it."
    : `It was not sent: the user did not allow it, and says: ${sentence(refusal.reason)}`;
}

function sentence(words: string): string {
  return /[.!?。！？]$/.test(words) ? words : `${words}.`;
}
