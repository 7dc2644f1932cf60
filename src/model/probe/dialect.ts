import { z } from "zod";
import type { ChatDialect } from "../chat-prefix/dialect.ts";
import { detectDialect } from "../completions/detect.ts";
import { rootOf, type DialectName } from "../completions/dialect.ts";
import type { ServerRoutes } from "../exchange/server.ts";
import type { ServerDialect } from "../server-dialects.ts";

/** Hosted services that are known by their address. */
const HOSTS: Readonly<Record<string, ServerDialect>> = {
  "api.anthropic.com": "anthropic",
  "api.deepseek.com": "deepseek",
  "api.mistral.ai": "mistral",
  "openrouter.ai": "openrouter",
};

/** LM Studio's own list, which no other server has. */
const lmStudioSchema = z.object({
  data: z.array(z.object({ state: z.string(), compatibility_type: z.string() })),
});

export interface FoundDialect {
  readonly dialect: ServerDialect;
  /** The server has said something; otherwise it is worth asking again. */
  readonly certain: boolean;
}

/** What kind of server it is, as far as its address alone says it. */
export function knownDialect(baseUrl: string): ServerDialect | undefined {
  return HOSTS[new URL(baseUrl).hostname];
}

/** What kind of server it is: by its address, else by what it answers. `generic` where it is not known. Never throws. */
export async function findDialect(
  routes: ServerRoutes,
  baseUrl: string,
  signal?: AbortSignal,
): Promise<FoundDialect> {
  const known = knownDialect(baseUrl);
  if (known !== undefined) return { dialect: known, certain: true };
  const found = await detectDialect(routes, baseUrl, signal);
  if (found.dialect !== "generic" || !found.certain) return found;
  const listed = await routes.get(`${rootOf(baseUrl)}/api/v0/models`, signal);
  const isLmStudio = listed.kind === "value" && lmStudioSchema.safeParse(listed.value).success;
  return isLmStudio ? { dialect: "lmstudio", certain: true } : found;
}

/** How its raw completions are spoken to; undefined where it has none that continue a text, but fill in a middle. */
export function completionsDialectOf(dialect: ServerDialect): DialectName | undefined {
  if (dialect === "deepseek" || dialect === "mistral" || dialect === "anthropic") return undefined;
  return dialect === "lmstudio" || dialect === "openrouter" ? "generic" : dialect;
}

/** How its `/chat/completions` is told to continue a message. TGI took over vLLM's flag; Anthropic has another route. */
export function chatDialectOf(dialect: ServerDialect): ChatDialect {
  if (dialect === "tgi") return "vllm";
  return dialect === "lmstudio" || dialect === "ollama" || dialect === "anthropic" ? "generic" : dialect;
}

const RAW: ReadonlySet<ServerDialect> = new Set(["vllm", "sglang", "llamacpp", "ollama", "tgi"]);

/** Whether it is known that its completions put nothing around a prompt. */
export function isRaw(dialect: ServerDialect): boolean {
  return RAW.has(dialect);
}
