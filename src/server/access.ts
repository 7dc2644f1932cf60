import { readFileSync } from "node:fs";
import { z } from "zod";
import { AgenticRagError } from "../errors.ts";
import { readApiKeys, type ApiKeys } from "./api-keys.ts";
import { refusalAt, type Door } from "./door.ts";
import type { Refusal } from "./refusal.ts";

/** Who and what is let in. */
export interface Access {
  readonly keys: ApiKeys;
  readonly door: Door;
  readonly webhookHosts: readonly string[];
}

const PRODUCTION = new URL("../../langgraph.production.json", import.meta.url);
const configuration = z.object({
  http: z.object({ cors: z.object({ allow_origins: z.array(z.string()) }) }),
});
const HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/**
 * Reads who and what is let in: `AGENTIC_RAG_API_KEYS`, `AGENTIC_RAG_ALLOWED_HOSTS` and `AGENTIC_RAG_WEBHOOK_HOSTS`
 * of the environment, and the origins of the server's configuration, which the server needs itself. Throws
 * `settings-invalid`.
 */
export function readAccess(
  environment: Readonly<Record<string, string | undefined>>,
  configurationFile: URL = PRODUCTION,
): Access {
  return {
    keys: readApiKeys(environment["AGENTIC_RAG_API_KEYS"]),
    door: {
      hosts: readHosts("AGENTIC_RAG_ALLOWED_HOSTS", environment).map((host) => host.replace(/:\d+$/, "")),
      origins: readOrigins(configurationFile),
    },
    webhookHosts: readHosts("AGENTIC_RAG_WEBHOOK_HOSTS", environment),
  };
}

/** The user who sent a request, or why it is not let in. */
export function admit(request: Request, { keys, door }: Access): { readonly identity: string } | Refusal {
  return refusalAt(request, door) ?? keys.identify(request.headers);
}

function readHosts(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const hosts = (environment[name] ?? "")
    .split(",")
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== "");
  const wrong = hosts.find((host) => !HOST.test(host));
  if (wrong !== undefined) {
    throw new AgenticRagError(
      "settings-invalid",
      `${name} cannot be used: ${JSON.stringify(wrong)} is no host. Write names only, without http:// and paths, as in rag.example.org,rag.internal.`,
    );
  }
  return hosts;
}

function readOrigins(file: URL): readonly string[] {
  try {
    return configuration.parse(JSON.parse(readFileSync(file, "utf8"))).http.cors.allow_origins;
  } catch (cause) {
    throw new AgenticRagError(
      "settings-invalid",
      "http.cors.allow_origins of langgraph.production.json cannot be read. It must be a list of origins; an empty one lets no other page in.",
      { cause },
    );
  }
}
