import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { badReply, replyFailure, type RequestTarget } from "../exchange/http-failure.ts";
import { isMissing, type JsonClient, type JsonReply } from "../exchange/json-client.ts";
import { controlTokensOf } from "../../text/control-tokens.ts";
import { jinjaTemplate, type ChatTemplate } from "../template/chat-template.ts";
import { usesChatml } from "../template/chatml-models.ts";
import { rootOf } from "../server/dialects.ts";
import type { Tokenizer } from "./tokenizer.ts";

const propsSchema = z.object({
  chat_template: z.string().min(1),
  bos_token: z.string().nullish(),
  eos_token: z.string().nullish(),
});

type Props = z.infer<typeof propsSchema>;

/**
 * The chat template that the server tells (llama.cpp: `GET /props`). Where the server itself begins each prompt with a
 * token, the template writes none.
 *
 * @throws `settings-invalid` where it tells none, or one that cannot be parsed; `model-…` where it cannot be asked.
 */
export async function fetchTemplate(
  client: JsonClient,
  target: RequestTarget,
  tokenizer: Tokenizer | undefined,
  signal: AbortSignal,
): Promise<ChatTemplate> {
  const props = readProps(await askProps(client, target, signal), target);
  if (props !== undefined) return templateOf(props, tokenizer, signal);
  throw new AgenticRagError(
    "settings-invalid",
    `The model server at ${target.baseUrl} tells no chat template; only llama.cpp does. ` +
      "Use chatml, raw, or the path of the model's Jinja chat template.",
  );
}

/**
 * The chat template that the server tells; `undefined` where it tells none, or where a model that uses ChatML anyway has
 * one that cannot be parsed.
 *
 * @throws as `fetchTemplate` for the rest.
 */
export async function fetchOfferedTemplate(
  client: JsonClient,
  target: RequestTarget,
  tokenizer: Tokenizer | undefined,
  signal: AbortSignal,
): Promise<ChatTemplate | undefined> {
  const props = readProps(await askProps(client, target, signal), target);
  if (props === undefined || isFallback(props)) return undefined;
  try {
    return await templateOf(props, tokenizer, signal);
  } catch (error) {
    if (usesChatml(target.modelName) && AgenticRagError.isInstance(error)) return undefined;
    throw error;
  }
}

/** What llama.cpp says of itself. */
export function askProps(
  client: JsonClient,
  { baseUrl }: Pick<RequestTarget, "baseUrl">,
  signal: AbortSignal | undefined,
): Promise<JsonReply> {
  return client.get(`${rootOf(baseUrl)}/props`, signal);
}

async function templateOf(
  props: Props,
  tokenizer: Tokenizer | undefined,
  signal: AbortSignal,
): Promise<ChatTemplate> {
  const beginning = await tokenizer?.encode("", true, signal);
  const begins = beginning !== undefined && beginning.length > 0;
  const { chat_template: text, bos_token, eos_token } = props;
  const bosToken = bos_token ?? "";
  const eosToken = eos_token ?? "";
  return {
    ...jinjaTemplate(text, { name: "server", bosToken: begins ? "" : bosToken, eosToken }),
    controlTokens: controlTokensOf(text, [bosToken, eosToken]),
  };
}

/** Whether the server tells the chat template of its model. */
export function tellsTemplate(reply: JsonReply): boolean {
  const props = reply.kind === "value" ? propsSchema.safeParse(reply.value).data : undefined;
  return props !== undefined && !isFallback(props);
}

/** llama.cpp tells its own plain ChatML where the model's file has no template: that says nothing of the model. */
const FALLBACK = `{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`;

function isFallback({ chat_template: text }: Props): boolean {
  return withoutSpacing(text) === withoutSpacing(FALLBACK);
}

/** A template without white space and the marks that control it. */
function withoutSpacing(template: string): string {
  return template.replaceAll(/\s+|(?<=\{[{%])-|-(?=[%}]\})/g, "");
}

/**
 * Undefined only where the server is known to tell no template: it has no such route, or answers without one. Any other
 * failure may pass, and a guess in its place would be kept for good.
 */
function readProps(reply: JsonReply, target: RequestTarget): Props | undefined {
  if (isMissing(reply)) return undefined;
  if (reply.kind !== "value") throw replyFailure(target, reply);
  if (reply.value === undefined) throw badReply(target, "at /props what is not JSON");
  return propsSchema.safeParse(reply.value).data;
}
