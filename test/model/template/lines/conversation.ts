import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { createAgenticRag } from "../../../../src/graph/graph.ts";
import type { RunState } from "../../../../src/graph/state.ts";
import type { ContinuationModel } from "../../../../src/model/model.ts";
import { qwq } from "../../../../src/protocol/qwq/qwq.ts";
import { ask, FIXED, pagesEngine } from "../../../graph/agent.ts";
import type { GoldenLine } from "./table.ts";

const ANSWER = "It is so [1].";

/** What the model thinks and calls at each step: two searches, and between them a tool that it does not have. */
const STEPS = [
  ["I look at what is told.", "web_search", "what is told"],
  ["I look it up elsewhere.", "lookup", "elsewhere"],
  ["I search for it, then.", "web_search", "it, then"],
] as const;

/** All that a model of this line says, reply by reply. */
export function saidBy(line: GoldenLine): readonly string[] {
  const thought = (text: string, at: number): string =>
    line.thinksOnce === true && at > 0 ? "" : text + line.toCall;
  const calls = STEPS.map(([text, tool, query], at) => {
    const call = line.call(tool, query).replace(/(functions\.\w+):0/, `$1:${at}`);
    return thought(text, at) + call;
  });
  const last = line.thinksOnce === true ? "" : `So it is.${line.toAnswer}`;
  return [...calls, last + ANSWER];
}

/** A second question of a conversation, asked of an agent of this model. */
export async function holdSecond(model: ContinuationModel): Promise<RunState> {
  const agent = createAgenticRag(
    { protocol: qwq, model, engine: pagesEngine(), ...FIXED },
    { checkpointer: new MemorySaver() },
  );
  const messages = [
    new HumanMessage({ id: "1", content: "What was it?" }),
    new AIMessage({ id: "2", content: "It was that." }),
    new HumanMessage({ id: "3", content: "What is it?" }),
  ];
  return (await ask(agent, { messages })).state;
}

/** A message as chat templates read it. */
export type TemplateMessage = Readonly<Record<string, unknown>>;

/** The conversation as messages, for the model's own template: up to the last response, and with the answer. */
export function messagesOf(
  { opening, transcript }: Pick<RunState, "opening" | "transcript">,
  line: GoldenLine,
): { readonly asked: readonly TemplateMessage[]; readonly answer: TemplateMessage } {
  const { open, close } = { open: "\n<tool_response>\n", close: "\n</tool_response>\n" };
  const bodies = transcript
    .filter(({ origin, text }) => origin !== "model" && text.startsWith(open))
    .map(({ text }) => text.slice(open.length, -close.length));
  const turns = STEPS.flatMap(([text, name, query], at): readonly TemplateMessage[] => {
    const id = `functions.${name}:${at}`;
    const call = { id, type: "function", function: { name, arguments: { query } } };
    const thought = line.thinksOnce === true && at > 0 ? "" : text;
    if (line.callsInText === true) {
      return [
        { role: "assistant", content: line.call(name, query), reasoning_content: thought },
        { role: "user", content: bodies[at] ?? "" },
      ];
    }
    return [
      { role: "assistant", content: "", reasoning_content: thought, thinking: thought, tool_calls: [call] },
      { role: "tool", content: bodies[at] ?? "", tool_call_id: id },
    ];
  });
  const last = "So it is.";
  return {
    asked: [...(opening?.messages ?? []), ...turns],
    answer: { role: "assistant", content: ANSWER, reasoning_content: last, thinking: last },
  };
}
