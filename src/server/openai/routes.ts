import { Hono } from "hono";
import { RUN_DEFAULTS } from "../../graph/context.ts";
import type { AgenticRag } from "../../graph/graph.ts";
import type { PlainModel } from "../../compose/plain-model.ts";
import { errorBody, toResponse, type ErrorReply, type ReportedFailure } from "../error-reply.ts";
import { readJson } from "../json-body.ts";
import type { Slots } from "../slots.ts";
import type { Chunk } from "./chunks.ts";
import { toConversation } from "./conversation.ts";
import { answering, unknownModel, type Door } from "./door.ts";
import { offerAgent, offerModel, type Offered } from "./offered.ts";
import { PLAIN } from "./plain.ts";
import { formIn, readRequest } from "./request.ts";
import { keepNothing, type OpenKept } from "./responses/kept.ts";
import { responsesRoutes } from "./responses/routes.ts";
import { toRunSettings, type Ceilings } from "./run-settings.ts";

export interface OpenAiRoutesOptions {
  /** The agents by the names under which they are offered as models. */
  readonly agents: Readonly<Record<string, AgenticRag>>;
  /** Models of agents, offered by the agent's name and `-plain`: they answer alone, without searches. Default: none. */
  readonly plainModels?: Readonly<Record<string, PlainModel>>;
  /** What one request may use at most. Default: `RUN_DEFAULTS`. */
  readonly ceilings?: Ceilings;
  /** How many requests run at the same time, in all and for each caller (`c.var.auth`). */
  readonly slots: Slots;
  /** Where responses are kept for whoever sends a request, to be gone on with by their id. Default: nowhere. */
  readonly openKept?: OpenKept;
  /**
   * How long a stream waits for its first piece before it begins without one, and after which silence it sends a
   * comment. A failure before it begins has a status of its own. Default: 15 000 ms.
   */
  readonly keepAliveMs?: number;
  /** `requestId` is what the client was given as `x-request-id` and in the reply. */
  readonly onFailure?: (failure: ReportedFailure & { readonly requestId: string }) => void;
  /** The present moment. Default: the system's clock. */
  readonly now?: () => Date;
}

const KEEP_ALIVE_MS = 15_000;

/**
 * The agents as models behind OpenAI's `/chat/completions`, `/responses` and `/models`, to be mounted at `/v1`. They keep no
 * threads. Who may ask, and with how large a body, is decided in front of it.
 */
export function openAiRoutes({ now = () => new Date(), ...options }: OpenAiRoutesOptions): Hono {
  const { plainModels = {} } = options;
  const offered = new Map<string, Offered>([
    ...Object.entries(options.agents).map(
      ([name, agent]) => [name, offerAgent(agent, plainModels[name])] as const,
    ),
    ...Object.entries(plainModels).map(([name, model]) => [name + PLAIN, offerModel(model)] as const),
  ]);
  const door: Door = {
    offered,
    ceilings: options.ceilings ?? RUN_DEFAULTS,
    slots: options.slots,
    keepAliveMs: options.keepAliveMs ?? KEEP_ALIVE_MS,
    seconds: () => Math.floor(now().getTime() / 1000),
    onFailure: options.onFailure,
  };
  const since = door.seconds();
  const app = new Hono();

  const modelOf = (id: string) => ({
    id,
    object: "model",
    created: since,
    owned_by: "langgraph-agentic-rag",
  });
  app.get("/models", (c) => c.json({ object: "list", data: [...offered.keys()].map(modelOf) }));
  app.get("/models/:model{.+}", (c) => {
    const model = c.req.param("model");
    return offered.has(model) ? c.json(modelOf(model)) : toResponse(unknownModel(model, offered.keys()));
  });

  app.post("/chat/completions", async (c) => {
    const id = `chatcmpl-${crypto.randomUUID().replaceAll("-", "")}`;
    return answering(c, door, id, async (enter) => {
      const asked = readRequest(await readJson(c.req.raw));
      const messages = toConversation(asked.messages);
      const { context, ignored } = toRunSettings(asked, door.ceilings);
      const form = formIn(asked);
      const { model, signal, release, told, stream } = enter(asked.model, form && "response_format");
      const head = { id, created: door.seconds(), model: asked.model };
      const run = { messages, context, signal, head, release, ...(form !== undefined && { form }) };
      if (asked.stream !== true) return Response.json(await model.whole(run, ignored));
      const includeUsage = asked.stream_options?.include_usage === true;
      return stream<Chunk>(model.pieces(run, { includeUsage, ignored }), {
        write: (chunk) => `data: ${JSON.stringify(chunk)}`,
        end: "data: [DONE]",
        onError: (error) => errorBody(told(error)),
      });
    });
  });
  app.route("/responses", responsesRoutes(door, options.openKept ?? keepNothing));
  app.all("*", (c) => toResponse(unknownRoute(c.req.method, c.req.path)));
  return app;
}

const ROUTES = [
  "GET /v1/models",
  "GET /v1/models/<model>",
  "POST /v1/chat/completions",
  "POST /v1/responses",
  "GET and DELETE /v1/responses/<response>",
];

function unknownRoute(method: string, path: string): ErrorReply {
  return {
    status: 404,
    code: "unknown_route",
    message: `There is no ${method} ${path.slice(0, 100)} here. There are: ${ROUTES.join(", ")}.`,
  };
}
