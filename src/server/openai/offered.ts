import type { JsonForm, PlainModel } from "../../compose/plain-model.ts";
import type { RunEvent } from "../../graph/events.ts";
import type { AgenticRag } from "../../graph/graph.ts";
import { runAgent, withoutThreads, type RunRequest } from "./agent-run.ts";
import { toChunks, type Chunk, type ChunkOptions } from "./chunks.ts";
import { toCompletion, type ReplyHead } from "./completion.ts";
import { inForm, type FormedEnd } from "./form.ts";
import { plainChunks, plainCompletion } from "./plain.ts";
import { plainEvents, toEvents, type ResponseEvent, type ResponseOptions } from "./responses/events.ts";

/** What is asked of a model by its name. */
export interface OfferedRequest extends Omit<RunRequest, "agent"> {
  /** The form in which the answer is wanted. */
  readonly form?: JsonForm;
  /** Sets the place free that it takes. */
  readonly release: () => void;
}

type Headed = OfferedRequest & { readonly head: ReplyHead };

/** A model that the routes offer: its reply in one, in pieces, or as events of a response. Each begins the run. */
export interface Offered {
  /** Whether it answers in a form, too. */
  readonly takesForms: boolean;
  whole(request: Headed, ignored: readonly string[]): Promise<object>;
  pieces(request: Headed, options: ChunkOptions): AsyncGenerator<Chunk, void>;
  respond(request: OfferedRequest, options: ResponseOptions): AsyncGenerator<ResponseEvent, void>;
}

/** @param model its own model, which puts answers into forms; undefined for one that writes nothing */
export function offerAgent(served: AgenticRag, model: PlainModel | undefined): Offered {
  const agent = withoutThreads(served);
  const run = ({ release, form, ...request }: OfferedRequest) => {
    const asked = runAgent({ ...request, agent });
    const formed = form && model && inForm(asked, model, { ...request, form });
    return releasing<FormedEnd>(formed ?? asked, release);
  };
  return {
    takesForms: model !== undefined,
    whole: (request, ignored) => toCompletion(run(request), request.head, ignored),
    pieces: (request, options) => toChunks(run(request), request.head, options),
    respond: (request, options) => toEvents(run(request), options),
  };
}

export function offerModel(model: PlainModel): Offered {
  const ask = ({ release, ...request }: OfferedRequest) => model(request).finally(release);
  return {
    takesForms: true,
    whole: async (request, ignored) => plainCompletion(await ask(request), request.head, ignored),
    pieces: (request, options) => plainChunks(ask(request), request.head, options),
    respond: (request, options) => plainEvents(ask(request), options),
  };
}

/** Sets a place free when the run is over, however it ends. */
async function* releasing<End>(
  run: AsyncGenerator<RunEvent, End>,
  release: () => void,
): AsyncGenerator<RunEvent, End> {
  try {
    return yield* run;
  } finally {
    release();
  }
}
