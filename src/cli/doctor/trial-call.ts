import { AgenticRagError } from "../../errors.ts";
import type { AgenticRagParts } from "../../graph/parts.ts";
import { offersTools, type ContinuationModel } from "../../model/model.ts";
import { dialectOf } from "../../protocol/dialects/asked-dialect.ts";
import type { StreamEnd } from "../../protocol/protocol.ts";
import { printableLine } from "../terminal/printable.ts";
import type { Check } from "./check.ts";

/** A model that reasons does so before it calls. */
const TOKENS = 512;
const SHOWN_CHARACTERS = 60;
const QUESTION = "Search the web for the weather in Rome today.";

/**
 * Asks the model, in the prompt of a run, for something that it has to search for, and looks whether it writes a call
 * that can be read. Nothing is searched.
 */
export async function checkCall(
  model: ContinuationModel,
  { protocol }: Pick<AgenticRagParts, "protocol">,
  signal: AbortSignal,
): Promise<Check> {
  const name = "trial call";
  const date = new Intl.DateTimeFormat("sv-SE").format(new Date());
  const { messages, prefix } = protocol.open({
    question: QUESTION,
    history: [],
    date,
    maxSearches: 1,
    dialect: dialectOf({ name: model.modelName }),
    ...(offersTools(model.family) && { nativeTools: true }),
  });
  const reader = protocol.reader(prefix, { calls: true });
  let ending: StreamEnd = { finishReason: "stop" };
  const turn = prefix === "" ? messages : [...messages, { role: "assistant" as const, content: prefix }];
  try {
    const request = { stop: protocol.stop, maxTokens: TOKENS, sampling: { temperature: 0 }, signal };
    for await (const chunk of model.continueText(turn, request)) {
      if (chunk.type === "text") reader.feed(chunk.text);
      else ending = chunk;
      if (reader.done) break;
    }
  } catch (error) {
    if (signal.aborted || !AgenticRagError.isInstance(error)) throw error;
    return { name, status: "warning", message: `It could not be made: ${error.message}` };
  }
  reader.end(ending);
  const { text, closing, outcome } = reader.generation;
  const call = outcome === "call" ? protocol.readCall(text + closing, closing === "") : undefined;
  if (call?.kind === "search")
    return { name, status: "ok", message: "the model searches when it is asked to" };
  const said = text.trim().slice(0, SHOWN_CHARACTERS);
  const shown = said === "" ? "nothing" : printableLine(JSON.stringify(said));
  const what = outcome === "call" ? "wrote a call that cannot be read" : "wrote no call";
  return {
    name,
    status: "warning",
    message:
      `Asked to search, the model ${what} in ${TOKENS} tokens, but ${shown}. Runs may end without an answer, or with one that rests on no source. ` +
      "Try a larger model, or one that was trained to call tools.",
  };
}
