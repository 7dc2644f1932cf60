import { z } from "zod";
import { AgenticRagError } from "../errors.ts";
import { jinjaTemplate, type ChatTemplate } from "./chat-template.ts";
import { rootOf } from "./completions-dialect.ts";
import type { ServerReply, ServerRoutes } from "./completions-server.ts";
import { connectionFailure, statusFailure, type RequestTarget } from "./http-failure.ts";
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
  const reply = await routes.get(`${rootOf(target.baseUrl)}/props`, signal);
  const props = readProps(reply, target);
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
