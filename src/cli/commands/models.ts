import { proxyFetchOf } from "../../assemble/assemble.ts";
import { listModels, type ServedModel } from "../../model/completions/describe.ts";
import type { Settings } from "../../settings/settings.ts";
import { counted } from "../../view/amounts.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { chooseSettings, environmentWith } from "../arguments/chosen-settings.ts";
import { findLocalServers, placeOf } from "../discovery.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { interruptible } from "../terminal/interruption.ts";
import { createPaint } from "../terminal/paint.ts";
import { printableJson, printableLine } from "../terminal/printable.ts";
import { openGroups } from "../terminal/grouped-output.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

interface Listed {
  readonly baseUrl: string;
  readonly place: string;
  readonly models: readonly ServedModel[];
}

/** Lists what the model's server has, or the servers of this machine where none is set, and gives the code to end with. */
export async function models(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, environment } = surroundings;
  const set = environmentWith(args, surroundings);
  const listed = await interruptible(surroundings, (signal) => listAll(args, surroundings, signal));
  if (args.switches.has("json")) {
    stdout.write(
      `${printableJson({ servers: listed.map(({ baseUrl, models: served }) => ({ baseUrl, models: served })) })}\n`,
    );
  } else {
    const paint = createPaint(stdout, { environment, noColor: args.switches.has("no-color") });
    const groups = openGroups(stdout, { environment, noColor: args.switches.has("no-color") });
    const chosen = set["AGENTIC_RAG_MODEL"]?.trim();
    for (const { baseUrl, place, models: served } of listed) {
      groups.line(baseUrl, `${place}:`, paint.bold);
      for (const { id, contextTokens } of served) {
        const context = contextTokens === undefined ? "" : `, context of ${counted(contextTokens, "token")}`;
        groups.line(
          baseUrl,
          `  ${printableLine(id)}${context}${id === chosen ? ", the one that is set" : ""}`,
        );
      }
      if (served.length === 0) groups.line(baseUrl, "  It lists no model.", paint.yellow);
    }
  }
  const isAny = listed.some(({ models: served }) => served.length > 0);
  if (listed.length === 0) stderr.write(NONE);
  return isAny ? EXIT_CODES.answered : EXIT_CODES.failed;
}

const NONE =
  "No server of models is set, and none was found on this machine. Name one: agentic-rag models --model-url http://127.0.0.1:8000/v1\n";

async function listAll(
  args: Arguments,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<readonly Listed[]> {
  const given = environmentWith(args, surroundings);
  if ((given["AGENTIC_RAG_MODEL_URL"]?.trim() ?? "") === "") {
    const servers = await findLocalServers(surroundings.localServers, signal);
    return servers.map((server) => ({
      baseUrl: server.baseUrl,
      place: placeOf(server),
      models: server.models.map((id) => ({ id })),
    }));
  }
  const settings = chooseServer(args, surroundings, given);
  const { model } = settings;
  if (model.family === "offline" || model.family === "gguf") throw new TypeError("an address makes a server");
  const fetch = proxyFetchOf(settings);
  const { baseUrl, apiKey, dialect } = model;
  const served = await listModels({
    baseUrl,
    dialect,
    signal,
    ...(apiKey !== undefined && { apiKey }),
    ...(fetch !== undefined && { fetch }),
  });
  return [{ baseUrl, place: baseUrl, models: served }];
}

/** The settings of the server, whichever family is set and whether or not a model is named. */
function chooseServer(
  args: Arguments,
  surroundings: Surroundings,
  given: Surroundings["environment"],
): Settings {
  return chooseSettings(args, {
    ...surroundings,
    environment: {
      ...surroundings.environment,
      AGENTIC_RAG_MODEL_FAMILY: "",
      AGENTIC_RAG_GGUF: "",
      AGENTIC_RAG_GGUF_LORA: "",
      AGENTIC_RAG_MODEL: given["AGENTIC_RAG_MODEL"]?.trim() || "none",
    },
  });
}
