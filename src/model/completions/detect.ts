import { z } from "zod";
import { rootOf, type DialectName } from "./dialect.ts";
import type { ServerReply, ServerRoutes } from "../exchange/server.ts";

export interface Detected {
  readonly dialect: DialectName;
  /** The server has said something; otherwise it is worth asking again. */
  readonly certain: boolean;
}

const OWNERS: Readonly<Record<string, DialectName>> = {
  vllm: "vllm",
  sglang: "sglang",
  llamacpp: "llamacpp",
};

/** What each server says at an address that only it has. */
const SIGNS: readonly (readonly [DialectName, string, z.ZodType])[] = [
  ["llamacpp", "/props", z.object({ build_info: z.string(), default_generation_settings: z.unknown() })],
  ["sglang", "/get_model_info", z.object({ model_path: z.string(), is_generation: z.boolean() })],
  ["ollama", "/api/version", z.object({ version: z.string() })],
  ["tgi", "/info", z.object({ model_id: z.string(), max_total_tokens: z.number() })],
];

const modelsSchema = z.object({ data: z.array(z.object({ owned_by: z.string().nullish() })).min(1) });

/**
 * Finds out what kind of server answers at an address: one question as a rule, five at most, and `generic` wherever
 * it is not known for sure. Never throws.
 */
export async function detectDialect(
  routes: ServerRoutes,
  baseUrl: string,
  signal?: AbortSignal,
): Promise<Detected> {
  const models = await routes.get(`${baseUrl}/models`, signal);
  const owner = ownerOf(models);
  const owned = owner === undefined ? undefined : OWNERS[owner];
  if (owned !== undefined) return { dialect: owned, certain: true };
  if (!isAnswered(models)) return { dialect: "generic", certain: false };

  const signs = await Promise.all(
    SIGNS.map(async ([dialect, path, schema]) => {
      const reply = await routes.get(rootOf(baseUrl) + path, signal);
      return reply.kind === "value" && schema.safeParse(reply.value).success ? dialect : undefined;
    }),
  );
  return { dialect: signs.find((sign) => sign !== undefined) ?? "generic", certain: true };
}

/** A server that is loading or overloaded says nothing about itself. */
function isAnswered(reply: ServerReply): boolean {
  if (reply.kind === "refused") return reply.status < 500 && reply.status !== 429;
  return reply.kind === "value";
}

function ownerOf(reply: ServerReply): string | undefined {
  if (reply.kind !== "value") return undefined;
  return modelsSchema.safeParse(reply.value).data?.data[0]?.owned_by ?? undefined;
}
