import { z } from "zod";
import { isLasting, type JsonClient, type JsonReply } from "../exchange/json-client.ts";
import { knownDialect, rootOf, type ServerDialect } from "./dialects.ts";

export interface FoundDialect {
  readonly dialect: ServerDialect;
  /** The server has said what it is, or has answered every question; otherwise it is worth asking again. */
  readonly certain: boolean;
}

const OWNERS: Readonly<Record<string, ServerDialect>> = {
  vllm: "vllm",
  sglang: "sglang",
  llamacpp: "llamacpp",
};

/** What each server says at an address that only it has. */
const SIGNS: readonly (readonly [ServerDialect, string, z.ZodType])[] = [
  ["llamacpp", "/props", z.object({ build_info: z.string(), default_generation_settings: z.unknown() })],
  ["sglang", "/get_model_info", z.object({ model_path: z.string(), is_generation: z.boolean() })],
  ["ollama", "/api/version", z.object({ version: z.string() })],
  ["tgi", "/info", z.object({ model_id: z.string(), max_total_tokens: z.number() })],
  [
    "lmstudio",
    "/api/v0/models",
    z.object({ data: z.array(z.object({ state: z.string(), compatibility_type: z.string() })) }),
  ],
];

const modelsSchema = z.object({ data: z.array(z.object({ owned_by: z.string().nullish() })).min(1) });

/**
 * Finds out what kind of server answers at an address: by the address, else by one question as a rule and six at most;
 * `generic` where it is not known. Never throws.
 */
export async function findDialect(
  client: JsonClient,
  baseUrl: string,
  signal?: AbortSignal,
): Promise<FoundDialect> {
  const known = knownDialect(baseUrl);
  if (known !== undefined) return { dialect: known, certain: true };
  const models = await client.get(`${baseUrl}/models`, signal);
  const owner = ownerOf(models);
  const owned = owner === undefined ? undefined : OWNERS[owner];
  if (owned !== undefined) return { dialect: owned, certain: true };
  if (!isLasting(models)) return { dialect: "generic", certain: false };

  const replies = await Promise.all(
    SIGNS.map(async ([dialect, path, schema]) => {
      const reply = await client.get(rootOf(baseUrl) + path, signal);
      return { dialect, reply, isSign: reply.kind === "value" && schema.safeParse(reply.value).success };
    }),
  );
  const dialect = replies.find(({ isSign }) => isSign)?.dialect;
  if (dialect !== undefined) return { dialect, certain: true };
  return { dialect: "generic", certain: replies.every(({ reply }) => isLasting(reply)) };
}

function ownerOf(reply: JsonReply): string | undefined {
  if (reply.kind !== "value") return undefined;
  return modelsSchema.safeParse(reply.value).data?.data[0]?.owned_by ?? undefined;
}
