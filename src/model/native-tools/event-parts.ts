import { parseJson } from "../../net/json.ts";
import { badReply, type RequestTarget } from "../exchange/http-failure.ts";
import type { SaidPart } from "../exchange/read-to-end.ts";

/**
 * What the events of a streamed reply say, as `read` takes them, up to `[DONE]` where a server writes that.
 *
 * @throws AgenticRagError `model-bad-reply` for an event that is not JSON, and what `read` throws.
 */
export async function* partsOfEvents(
  events: AsyncIterable<string>,
  target: RequestTarget,
  read: (event: unknown, target: RequestTarget) => Iterable<SaidPart>,
): AsyncGenerator<SaidPart> {
  for await (const data of events) {
    if (data.trim() === "[DONE]") return;
    const event = parseJson(data);
    if (event === undefined) throw badReply(target, "an event that is not JSON");
    yield* read(event, target);
  }
}
