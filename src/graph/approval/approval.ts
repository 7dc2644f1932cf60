import { interrupt, isGraphInterrupt } from "@langchain/langgraph";
import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { address, line, text } from "./answer-text.ts";
import { reviewAnswer, reviewRequest, verdictsOf, type ReviewRequest } from "./reviewed-actions.ts";
import { decided, type Decided, type Verdict } from "./verdict.ts";

interface Asked {
  readonly question: string;
  /** Why the last answer could not be read, and what can be answered. Absent where this is the first time. */
  readonly problem?: string;
}

/** Before searches are sent; each of `queries` would be one search. */
interface SearchQuestion extends Asked {
  readonly type: "approve-search";
  readonly queries: readonly string[];
  readonly engine: string;
  /** How many searches may still run: so many queries may be put in their place. */
  readonly searchesLeft: number;
}

/** The same before pages are opened. */
interface PagesQuestion extends Asked {
  readonly type: "approve-pages";
  readonly urls: readonly string[];
  readonly pagesLeft: number;
}

/** What a person is asked. */
export type ApprovalQuestion = SearchQuestion | PagesQuestion;

/** What a person is shown before searches are sent, in this package's form and in LangChain's. */
export type SearchApprovalRequest = SearchQuestion & ReviewRequest;

/** The same before pages are opened. */
export type PagesApprovalRequest = PagesQuestion & ReviewRequest;

export type ApprovalRequest = SearchApprovalRequest | PagesApprovalRequest;

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

/** A decision on each action, as LangChain's human-in-the-loop form has it. */
export type ReviewedActions = z.infer<ReturnType<typeof reviewAnswer>>;

/** What a person answers to a `SearchApprovalRequest`, as the value of `Command({ resume })`; or `ReviewedActions`. */
export type SearchApproval = z.infer<ReturnType<typeof searchAnswer>>;

/** What a person answers to a `PagesApprovalRequest`; or `ReviewedActions`. */
export type PagesApproval = z.infer<ReturnType<typeof pagesAnswer>>;

/**
 * Waits for a person to allow these searches; the run ends here and continues in this call when it is resumed. An answer
 * of another form is asked for again, with the reason in `problem`. The last answer counts: where the step broke off
 * behind one, the person is shown the same request again, and what they answer now is handed in behind it.
 *
 * @throws AgenticRagError `settings-invalid` where there is no checkpointer to wait with.
 */
export function askForSearches(question: SearchQuestion): Decided {
  return ask(question, question.queries, searchAnswer(question.searchesLeft), (answer) =>
    answer.decision === "edit" ? { instead: answer.queries } : ownVerdict(answer),
  );
}

/** The same for pages. */
export function askForPages(question: PagesQuestion): Decided {
  return ask(question, question.urls, pagesAnswer(question.pagesLeft), (answer) =>
    answer.decision === "edit" ? { instead: answer.urls } : ownVerdict(answer),
  );
}

function ownVerdict(answer: Exclude<SearchApproval, { decision: "edit" }>): Verdict {
  return answer.decision === "approve" ? answer.decision : answer;
}

const REPLACED = {
  "approve-search": "It was not sent: the user put another query in its place.",
  "approve-pages": "It was not opened: the user put another page in its place.",
} as const;

function ask<Answer>(
  question: ApprovalQuestion,
  values: readonly string[],
  own: z.ZodType<Answer>,
  verdictOf: (answer: Answer) => Verdict,
): Decided {
  const { type } = question;
  const reviewed = reviewAnswer(type, values);
  const request = { ...question, ...reviewRequest(type, values) };
  const { oneOf = [], ...schema } = z.toJSONSchema(own, { io: "input" });
  // only shown: with a schema to read by, LangGraph fails the run at an answer that does not fit
  const responseSchema = { ...schema, oneOf: [...oneOf, z.toJSONSchema(reviewed, { io: "input" })] };
  const all = (verdict: Verdict): Decided =>
    decided(
      values,
      values.map(() => verdict),
      REPLACED[type],
    );
  let problem: string | undefined;
  let last: Decided | undefined;
  for (;;) {
    const asked = { ...request, ...(problem !== undefined && { problem }) };
    let answer: unknown;
    try {
      answer = plainly(interrupt<typeof asked, unknown>(asked, { responseSchema }));
    } catch (cause) {
      // no more answers
      if (last !== undefined && isGraphInterrupt(cause)) return last;
      if (cause instanceof Error && cause.name === "GraphValueError") {
        throw new AgenticRagError("settings-invalid", NO_CHECKPOINTER, { cause });
      }
      throw cause;
    }
    const read =
      typeof answer === "object" && answer !== null && "decisions" in answer
        ? reviewed
            .transform((data) => decided(values, verdictsOf(type, data), REPLACED[type]))
            .safeParse(answer)
        : own.transform((data) => all(verdictOf(data))).safeParse(answer);
    last = read.data;
    problem = read.success ? undefined : unfit(question, read.error);
  }
}

const NO_CHECKPOINTER =
  "This run asks a person before it searches, and has nothing to wait with. Compile the graph, or the one around it, with a checkpointer and give a thread_id, or leave `approveSearches` out.";

/**
 * An answer as JSON, without any field `__proto__`. A checkpointer that has kept one may give it back as the prototype of
 * its object, or not at all, and each answer is read anew whenever the step is run again.
 */
function plainly(answer: unknown): unknown {
  try {
    const json: unknown = JSON.parse(JSON.stringify(answer) ?? "null", (key, value: unknown) =>
      key === "__proto__" ? undefined : value,
    );
    return json;
  } catch {
    return undefined;
  }
}

/** So many problems of an answer are told at most; none repeats what was answered, which may be anything. */
const TOLD = 3;

function unfit({ type }: ApprovalQuestion, { issues }: z.core.$ZodError): string {
  const field = type === "approve-search" ? "queries" : "urls";
  const problems = issues.slice(0, TOLD).map(({ code, path, message }) => {
    const what = code === "unrecognized_keys" ? "it has a field that is not known" : message;
    return `${path.length === 0 ? "" : `${path.join(".")}: `}${what.replace(/\.$/, "")}`;
  });
  return `The answer to ${type} does not fit: ${problems.join("; ")}. Resume with {"decision":"approve"}, {"decision":"edit","${field}":["…"]}, {"decision":"hint","hint":"…"}, {"decision":"deny","reason":"…"}, or {"decisions":[…]} with one of approve, edit, reject and respond for each action.`;
}
