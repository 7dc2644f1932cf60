import { parseJson } from "../../net/json.ts";
import { type RequestTarget, badReply } from "../exchange/http-failure.ts";
import { readToEnd } from "../exchange/read-to-end.ts";
import { toTextChunk } from "../exchange/token-run.ts";
import type { ModelChunk } from "../model.ts";
import type { Dialect, Prompt, Reading } from "./dialect.ts";
import type { AlignOptions } from "./told-tokens.ts";
import { createAligner } from "./token-align.ts";

/**
 * The chunks of a streamed completion.
 *
 * @throws `model-truncated` when the reply ends without a finish reason, `model-bad-reply` for a part that is none,
 * and what a reported error says.
 */
export async function* readCompletion(
  parts: AsyncIterable<string>,
  target: RequestTarget,
  { dialect, prompt, align }: { dialect: Dialect; prompt: Prompt; align: AlignOptions },
): AsyncGenerator<ModelChunk> {
  const aligner = createAligner(align);
  const read = async function* (reading: Reading): AsyncGenerator<ModelChunk> {
    yield* (await aligner.read(reading)).map(toTextChunk);
  };
  try {
    const { finish, usage } = yield* readToEnd(readings(parts, target, dialect), target, read);
    const { texts, ending } = await aligner.end(finish);
    yield* texts.map(toTextChunk);
    yield { type: "end", ...ending, usage, promptForm: typeof prompt === "string" ? "text" : "tokens" };
  } catch (error) {
    yield* aligner.rest().map(toTextChunk);
    throw error;
  }
}

async function* readings(
  parts: AsyncIterable<string>,
  target: RequestTarget,
  dialect: Dialect,
): AsyncGenerator<Reading> {
  for await (const data of parts) {
    if (data.trim() === "[DONE]") return;
    const value = parseJson(data);
    if (value === undefined) throw badReply(target, "an event that is not JSON");
    yield dialect.read(value, target);
  }
}
