import type { PlainModel } from "../../compose/plain-model.ts";
import type { RunEvent } from "../../graph/events.ts";
import type { AgenticRag } from "../../graph/graph.ts";
import { runAgent, withoutThreads, type RunEnd, type RunRequest } from "./agent-run.ts";
import { toChunks, type Chunk, type ChunkOptions } from "./chunks.ts";
import { toCompletion, type ReplyHead } from "./completion.ts";
import { plainChunks, plainCompletion } from "./plain.ts";
import { plainEvents, toEvents, type ResponseEvent, type ResponseOptions } from "./responses/events.ts";

/** What is asked of a model by its name. */
export interface OfferedRequest extends Omit<RunRequest, "agent"> {
  /** Sets the place free that it takes. */
  readonly release: () => void;
}

type Headed = OfferedRequest & { readonly head: ReplyHead };

/** A model that the routes offer: its reply in one, in pieces, or as events of a response. Each begins the run. */
export interface Offered {
  whole(request: Headed, ignored: readonly string[]): Promise<object>;
  pieces(request: Headed, options: ChunkOptions): AsyncGenerator<Chunk, void>;
  respond(request: OfferedRequest, options: ResponseOptions): AsyncGenerator<ResponseEvent, void>;
}

export function offerAgent(served: AgenticRag): Offered {
  const agent = withoutThreads(served);
  const run = ({ release, ...request }: OfferedRequest) =>
    releasing(runAgent({ ...request, agent }), release);
  return {
    whole: (request, ignored) => toCompletion(run(request), request.head, ignored),
    pieces: (request, options) => toChunks(run(request), request.head, options),
    respond: (request, options) => toEvents(run(request), options),
  };
}

export function offerModel(model: PlainModel): Offered {
  const ask = ({ release, ...request }: OfferedRequest) => model(request).finally(release);
  return {
    whole: async (request, ignored) => plainCompletion(await ask(request), request.head, ignored),
    pieces: (request, options) => plainChunks(ask(request), request.head, options),
    respond: (request, options) => plainEvents(ask(request), options),
  };
}

/** Sets a place free when the run is over, however it ends. */
async function* releasing(
  run: AsyncGenerator<RunEvent, RunEnd>,
  release: () => void,
): AsyncGenerator<RunEvent, RunEnd> {
  try {
    return yield* run;
  } finally {
    release();
  }
}
