import { z } from "zod";
import { address, line, MAX_LENGTH } from "./answer-text.ts";
import type { Verdict } from "./verdict.ts";

/** One search or page, as the human-in-the-loop form of LangChain names it. */
interface ActionRequest {
  readonly name: "web_search" | "open_url";
  readonly args: Readonly<Record<string, string>>;
  readonly description: string;
}

const DECISIONS = ["approve", "edit", "reject", "respond"] as const;

type Decisions = readonly (typeof DECISIONS)[number][];

/** What may be decided of an action. */
interface ReviewConfig {
  readonly action_name: string;
  readonly allowed_decisions: Decisions;
  readonly args_schema: object;
  readonly actionName: string;
  readonly allowedDecisions: Decisions;
  readonly argsSchema: object;
}

/**
 * A request in the form of LangChain's `HumanInTheLoopMiddleware`, which agent-chat-ui and inboxes draw: an action for
 * each query or page, and what may be decided of it. LangChain and LangChain.js write the names of the fields apart, so
 * each is there in both ways, at every level: clients of LangGraph's SDK are handed one list under both names.
 */
export interface ReviewRequest {
  readonly action_requests: readonly ActionRequest[];
  readonly review_configs: readonly ReviewConfig[];
  readonly actionRequests: readonly ActionRequest[];
  readonly reviewConfigs: readonly ReviewConfig[];
}

/** A tool of the model: its name and its one argument. */
const TOOLS = {
  "approve-search": { name: "web_search", field: "query", value: line, description: "Search the web." },
  "approve-pages": { name: "open_url", field: "url", value: address, description: "Open a page." },
} as const;

export type Asking = keyof typeof TOOLS;

export function reviewRequest(asking: Asking, values: readonly string[]): ReviewRequest {
  const { name, field, description } = TOOLS[asking];
  const argsSchema = { type: "object", properties: { [field]: { type: "string" } }, required: [field] };
  const actions = values.map((value) => ({ name, args: { [field]: value }, description }));
  const configs = actions.map(() => ({
    action_name: name,
    allowed_decisions: DECISIONS,
    args_schema: argsSchema,
    actionName: name,
    allowedDecisions: DECISIONS,
    argsSchema,
  }));
  return {
    action_requests: actions,
    review_configs: configs,
    actionRequests: actions,
    reviewConfigs: configs,
  };
}

/** The answers to a review request: one decision for each of `values`, in their order. */
export function reviewAnswer(asking: Asking, values: readonly string[]) {
  const { name, field, value } = TOOLS[asking];
  const action = z.strictObject({ name: z.literal(name), args: z.strictObject({ [field]: value }) });
  const decision = z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("approve") }),
    z
      .strictObject({
        type: z.literal("edit"),
        edited_action: action.optional(),
        editedAction: action.optional(),
      })
      .refine(
        ({ edited_action: snake, editedAction: camel }) =>
          (snake ?? camel) !== undefined &&
          (snake === undefined || camel === undefined || snake.args[field] === camel.args[field]),
        "Give one edited_action.",
      ),
    z.strictObject({ type: z.literal("reject"), message: z.string().trim().max(MAX_LENGTH).nullish() }),
    z.strictObject({ type: z.literal("respond"), message: z.string().trim().min(1).max(MAX_LENGTH) }),
  ]);
  const count = `Give ${values.length === 1 ? "one decision" : `${values.length} decisions`}: one for each action, in their order.`;
  return z.strictObject({ decisions: z.array(decision).length(values.length, count) }).meta({
    title: "Decide on each of them",
  });
}

/** What becomes of each action. */
export function verdictsOf(
  asking: Asking,
  { decisions }: z.infer<ReturnType<typeof reviewAnswer>>,
): readonly Verdict[] {
  const { field } = TOOLS[asking];
  return decisions.map((decision): Verdict => {
    switch (decision.type) {
      case "approve":
        return decision.type;
      case "edit": {
        const { edited_action: snake, editedAction: camel } = decision;
        return { instead: [(snake ?? camel)?.args[field] ?? ""] };
      }
      case "reject": {
        const { message } = decision;
        return { decision: "deny", ...(message != null && message !== "" && { reason: message }) };
      }
      case "respond":
        return { decision: "hint", hint: decision.message };
    }
  });
}
