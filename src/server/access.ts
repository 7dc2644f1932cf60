import { readFileSync } from "node:fs";
import { z } from "zod";
import { AgenticRagError } from "../errors.ts";
import { NOBODY, readApiKeys, type ApiKeys } from "./api-keys.ts";
import { PAGE, refusalOf, type RequestRules } from "./request-checks.ts";
import type { ErrorReply } from "./error-reply.ts";

/** Who and what is let in. */
export interface Access {
  readonly keys: ApiKeys;
  readonly rules: RequestRules;
  readonly webhookHosts: readonly string[];
}

type ConfigurationName = "langgraph.json" | "langgraph.production.json";

/** Beside `graphs`: in a clone at its root, in the package in dist, where the compiled graphs are named. */
const CONFIGURATIONS = new URL(import.meta.url.endsWith(".ts") ? "../../" : "../", import.meta.url);

type Environment = Readonly<Record<string, string | undefined>>;

const configurationSchema = z.object({
  http: z.object({
    cors: z
      .object({ allow_origins: z.array(z.string()).default([]), allow_origin_regex: z.string().optional() })
      .optional(),
  }),
});
const HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/**
 * Reads who and what is let in on langgraph.production.json: the rules for requests, and `AGENTIC_RAG_API_KEYS` and
 * `AGENTIC_RAG_WEBHOOK_HOSTS` of the environment. Throws `settings-invalid`.
 */
export function readAccess(environment: Environment): Access {
  return {
    keys: readApiKeys(environment["AGENTIC_RAG_API_KEYS"]),
    rules: readRules(environment, "langgraph.production.json"),
    webhookHosts: readHosts("AGENTIC_RAG_WEBHOOK_HOSTS", environment),
  };
}

/** What LangGraph Server is started with. */
export function configurationFile(name: ConfigurationName): URL {
  return new URL(name, CONFIGURATIONS);
}

/**
 * Reads which requests are taken: hosts from `AGENTIC_RAG_ALLOWED_HOSTS` of the environment, origins from the server's
 * configuration, which the server needs itself. Throws `settings-invalid`.
 */
export function readRules(environment: Environment, configuration: ConfigurationName): RequestRules {
  return {
    hosts: readHosts("AGENTIC_RAG_ALLOWED_HOSTS", environment).map((host) => host.replace(/:\d+$/, "")),
    ...readOrigins(configuration),
    development: configuration === "langgraph.json",
  };
}

/** The user who sent a request, or why it is not let in. Health is told to everybody, and the page asks for a key itself. */
export function admit(request: Request, { keys, rules }: Access): { readonly identity: string } | ErrorReply {
  const refusal = refusalOf(request, rules);
  if (refusal !== null) return refusal;
  const user = keys.identify(request.headers);
  const { pathname } = new URL(request.url);
  const open = pathname === PAGE || (request.method === "GET" && pathname === "/ok");
  return "status" in user && open ? { identity: NOBODY } : user;
}

function readHosts(name: string, environment: Environment): readonly string[] {
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

/** As LangGraph reads them: where there is a pattern, the list does not count. */
function readOrigins(
  configuration: ConfigurationName,
): Pick<RequestRules, "origins" | "originPattern" | "originSetting"> {
  try {
    const { http } = configurationSchema.parse(
      JSON.parse(readFileSync(configurationFile(configuration), "utf8")),
    );
    const { allow_origins: origins = [], allow_origin_regex: pattern } = http.cors ?? {};
    return {
      origins,
      ...(pattern !== undefined && { originPattern: new RegExp(pattern) }),
      originSetting: `http.cors.${pattern === undefined ? "allow_origins" : "allow_origin_regex"} in ${configuration}`,
    };
  } catch (cause) {
    throw new AgenticRagError(
      "settings-invalid",
      `http.cors of ${configuration} cannot be read. allow_origins must be a list of origins (an empty one lets no other page in), allow_origin_regex a regular expression.`,
      { cause },
    );
  }
}
