import { z } from "zod";
import {
  pagesAnswer,
  searchAnswer,
  type ApprovalQuestion,
  type PagesApproval,
  type SearchApproval,
} from "../graph/approval/approval.ts";
import type { RunEvent } from "../graph/events.ts";
import { counted } from "../view/amounts.ts";
import type { Arguments } from "./arguments/arguments.ts";
import { UsageError } from "./terminal/failure.ts";
import type { LineReader } from "./terminal/line-reader.ts";
import { printableLine } from "./terminal/printable.ts";
import type { Surroundings } from "./terminal/surroundings.ts";

/** A person who is asked before searches are sent and pages opened. */
export interface Approver {
  /** Shows what would be sent and asks until the answer fits; `undefined` when there is none any more. */
  readonly answer: (
    asked: unknown,
    signal: AbortSignal,
  ) => Promise<SearchApproval | PagesApproval | undefined>;
  /** Whether the event only tells the person what they have just decided. */
  readonly knows: (event: RunEvent) => boolean;
}

export interface ApproverOptions {
  readonly reader: LineReader;
  /** Shows what is asked, above the line on which it is answered. */
  readonly show: (text: string) => void;
}

/**
 * Whether a person is to be asked.
 *
 * @throws UsageError where they cannot be
 */
export function wantsApproval(
  { switches }: Pick<Arguments, "switches">,
  { stdin, stdout, stderr }: Pick<Surroundings, "stdin" | "stdout" | "stderr">,
): boolean {
  if (!switches.has("approve")) return false;
  const other = ["json", "quiet"].find((name) => switches.has(name));
  if (other !== undefined) {
    throw new UsageError(
      `--approve and --${other} exclude each other: what is to be approved has to be shown.`,
    );
  }
  if (stdin.isTTY === true && [stdout, stderr].some(({ isTTY }) => isTTY === true)) return true;
  throw new UsageError(
    "--approve asks before each search, and there is no terminal to ask at. Run it at a terminal, or leave out --approve.",
  );
}

const requestSchema: z.ZodType<ApprovalQuestion> = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("approve-search"),
    question: z.string(),
    queries: z.array(z.string()),
    engine: z.string(),
    searchesLeft: z.number(),
  }),
  z.object({
    type: z.literal("approve-pages"),
    question: z.string(),
    urls: z.array(z.string()),
    pagesLeft: z.number(),
  }),
]);

export function createApprover({ reader, show }: ApproverOptions): Approver {
  let refused = false;

  return {
    async answer(asked, signal) {
      const request = requestSchema.safeParse(asked);
      if (!request.success) return undefined;
      show(wordsOf(request.data));
      for (;;) {
        const typed = await nextUnlessAborted(reader, promptOf(request.data), signal);
        if (typed === null) return undefined;
        const read = await readDecision(typed, request.data, (prompt) =>
          nextUnlessAborted(reader, prompt, signal),
        );
        if (read === null) return undefined;
        if (typeof read === "string") show(read);
        else {
          refused = read.decision === "hint" || read.decision === "deny";
          return read;
        }
      }
    },
    knows: (event) =>
      refused && (event.type === "search-end" || event.type === "page-end") && event.status === "not-run",
  };
}

function wordsOf(request: ApprovalQuestion): string {
  if (request.type === "approve-pages") {
    const left = counted(request.pagesLeft, "page");
    return [`The model wants to open (${left} left):`, ...request.urls.map(item)].join("\n");
  }
  const left = counted(request.searchesLeft, "search", "searches");
  const engine = printableLine(request.engine);
  return [`The model wants to search ${engine} (${left} left):`, ...request.queries.map(item)].join("\n");
}

function item(text: string): string {
  return `  ${printableLine(text)}`;
}

function promptOf({ type }: ApprovalQuestion): string {
  return `${type === "approve-search" ? "search" : "open"}? [y]es / [e]dit / [h]int / [n]o `;
}

const WORDS = /^(y|yes|e|edit|h|hint|n|no)(?:\s+(.+))?$/i;

/** The decision; or what is wrong with it, in words; or `null` when there are no more lines. */
async function readDecision(
  typed: string,
  request: ApprovalQuestion,
  next: (prompt: string) => Promise<string | null>,
): Promise<SearchApproval | PagesApproval | string | null> {
  const line = typed.trim();
  if (line === "") return { decision: "approve" };
  const [, word = "", more = ""] = WORDS.exec(line) ?? [];
  const letter = word.charAt(0).toLowerCase();
  if (letter === "y" && more === "") return { decision: "approve" };
  if (letter === "n") return check({ decision: "deny", ...(more !== "" && { reason: more }) }, request);
  if (letter !== "e" && letter !== "h") {
    return "Type y to send it, e and what is sent instead, h and a hint for the model, or n and perhaps why not.";
  }
  const text = more === "" ? await next(letter === "h" ? "hint: " : editPrompt(request)) : more;
  if (text === null) return null;
  if (text.trim() === "") return "Nothing was typed.";
  if (letter === "h") return check({ decision: "hint", hint: text }, request);
  const isSearch = request.type === "approve-search";
  const parts = text.split(isSearch ? ";" : /\s+/).map((part) => part.trim());
  const [field, instead] = [isSearch ? "queries" : "urls", parts.filter((part) => part !== "")];
  return check({ decision: "edit", [field]: instead }, request);
}

function editPrompt({ type }: ApprovalQuestion): string {
  return type === "approve-search" ? "search for (several with ;): " : "open (several with spaces): ";
}

/** As the run itself will check it, so that a slip ends no run. */
function check(decision: object, request: ApprovalQuestion): SearchApproval | PagesApproval | string {
  const schema: z.ZodType<SearchApproval | PagesApproval> =
    request.type === "approve-search" ? searchAnswer(request.searchesLeft) : pagesAnswer(request.pagesLeft);
  const { success, data, error } = schema.safeParse(decision);
  if (success) return data;
  return error.issues.map(({ message }) => message).join(" ");
}

async function nextUnlessAborted(
  reader: LineReader,
  prompt: string,
  signal: AbortSignal,
): Promise<string | null> {
  if (signal.aborted) return null;
  const stop = new AbortController();
  const aborted = new Promise<null>((resolve) => {
    signal.addEventListener("abort", () => resolve(null), { once: true, signal: stop.signal });
  });
  try {
    return await Promise.race([reader.next({ prompt, fresh: true }), aborted]);
  } finally {
    stop.abort();
  }
}
