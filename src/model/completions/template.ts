import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { jinjaTemplate, type ChatTemplate } from "../template/chat-template.ts";
import { speaksChatml } from "../template/chatml-kin.ts";
import { rootOf } from "./dialect.ts";
import type { ServerReply, ServerRoutes } from "../exchange/server.ts";
import { connectionFailure, statusFailure, type RequestTarget } from "../exchange/http-failure.ts";
import type { Speller } from "./token-speller.ts";

const propsSchema = z.object({
  chat_template: z.string().min(1),
  bos_token: z.string().nullish(),
  eos_token: z.string().nullish(),
});

/**
 * The chat template that the server tells (llama.cpp: `GET /props`). Where the server itself begins each prompt with a
 * token, the template writes none.
 *
 * @throws `settings-invalid` where it tells none, or one that cannot be parsed; `model-…` where it cannot be asked.
 */
export async function fetchTemplate(
  routes: ServerRoutes,
  target: RequestTarget,
  speller: Speller | undefined,
  signal?: AbortSignal,
): Promise<ChatTemplate> {
  const props = readProps(await askProps(routes, target, signal), target);
  return templateOf(props, speller, signal);
}

/**
 * The chat template that the server tells; `undefined` where it tells none, or where a model that speaks ChatML anyway
 * has one that cannot be parsed.
 *
 * @throws as `fetchTemplate` for the rest.
 */
export async function fetchOfferedTemplate(
  routes: ServerRoutes,
  target: RequestTarget,
  speller: Speller | undefined,
  signal?: AbortSignal,
): Promise<ChatTemplate | undefined> {
  const reply = await askProps(routes, target, signal);
  const silent = reply.kind === "refused" && ![401, 403, 503].includes(reply.status);
  if (silent || (reply.kind === "value" && !tellsTemplate(reply))) return undefined;
  const props = readProps(reply, target);
  try {
    return await templateOf(props, speller, signal);
  } catch (error) {
    if (speaksChatml(target.modelName) && AgenticRagError.isInstance(error)) return undefined;
    throw error;
  }
}

/** What llama.cpp says of itself. */
export function askProps(
  routes: ServerRoutes,
  { baseUrl }: Pick<RequestTarget, "baseUrl">,
  signal: AbortSignal | undefined,
): Promise<ServerReply> {
  return routes.get(`${rootOf(baseUrl)}/props`, signal);
}

async function templateOf(
  props: z.infer<typeof propsSchema>,
  speller: Speller | undefined,
  signal: AbortSignal | undefined,
): Promise<ChatTemplate> {
  const beginning = await speller?.encode("", true, signal);
  const begins = beginning !== undefined && beginning.length > 0;
  return jinjaTemplate(props.chat_template, {
    name: "server",
    bosToken: begins ? "" : (props.bos_token ?? ""),
    eosToken: props.eos_token ?? "",
  });
}

/** Whether the server tells its chat template. */
export function tellsTemplate(reply: ServerReply): boolean {
  return reply.kind === "value" && propsSchema.safeParse(reply.value).success;
}

function readProps(reply: ServerReply, target: RequestTarget): z.infer<typeof propsSchema> {
  if (reply.kind === "unreachable") throw connectionFailure(target, reply.error);
  if (reply.kind === "silent") {
    throw new AgenticRagError(
      "model-timeout",
      `The model server at ${target.baseUrl} did not tell its chat template in time. Check whether it is overloaded.`,
    );
  }
  if (reply.kind === "refused" && [401, 403].includes(reply.status)) {
    throw statusFailure(target, reply.status, reply.text);
  }
  if (reply.kind === "refused" && reply.status === 503) {
    throw statusFailure(target, reply.status, reply.text);
  }
  const read = reply.kind === "value" ? propsSchema.safeParse(reply.value) : undefined;
  if (read?.success === true) return read.data;
  throw new AgenticRagError(
    "settings-invalid",
    `The model server at ${target.baseUrl} tells no chat template; only llama.cpp does. ` +
      "Use chatml, raw, or the path of the model's Jinja chat template.",
  );
}
