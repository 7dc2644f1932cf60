import { resolve } from "node:path";
import { AgenticRagError } from "../../errors.ts";
import { listModels, type ServerAddress } from "../../model/completions/describe.ts";
import { readBaseUrl } from "../../model/exchange/request.ts";
import { chooseFamily, missingFor, warningFor } from "../../model/probe/choice.ts";
import type { ServerDialect } from "../../model/server/dialects.ts";
import { probeEndpoint } from "../../model/probe/probe.ts";
import { createProxyFetch } from "../../net/proxy.ts";
import {
  findLocalServers,
  pickModel,
  placeOf,
  protocolFor,
  settingsFor,
  type LocalModel,
} from "../discovery.ts";
import { OFFERED_MODELS } from "../../model/gguf/pull/catalogue.ts";
import { size } from "../../text/size.ts";
import { checkGguf } from "../doctor/gguf-checks.ts";
import { isPullable, settingsForFile } from "../pulled-model.ts";
import type { LocalServers } from "../terminal/surroundings.ts";
import type { EnvChanges } from "./env-file.ts";
import type { Questions } from "./questions.ts";

/** What a step of the setup works with. */
export interface StepContext {
  readonly questions: Questions;
  /** What is set so far, by variables, options and `.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly localServers: LocalServers;
  readonly signal: AbortSignal;
  /** Downloads a model, and gives its file. */
  readonly pull: (model: string) => Promise<string>;
}

const MOST_SHOWN = 15;
const HINT = "a number, the address of a server (http://…/v1), a GGUF file, a model to download, or none";

/** Asks for the model until one works, or none is wanted. */
export async function chooseModel(context: StepContext): Promise<EnvChanges> {
  const { questions, environment, signal } = context;
  const off = environment["AGENTIC_RAG_DISCOVER"]?.trim() === "off";
  const servers = off ? [] : await findLocalServers(context.localServers, signal);
  const found = servers
    .flatMap((server) => server.models.map((name) => ({ server, name })))
    .slice(0, MOST_SHOWN);
  if (found.length > 0) questions.say("Found on this machine:");
  for (const [at, { server, name }] of found.entries())
    questions.say(`  ${at + 1}  ${name}, ${placeOf(server)}`);
  questions.say("Models that can be downloaded and run here, without a server:");
  for (const { name, bytes, memory } of OFFERED_MODELS) {
    questions.say(`  ${name}, ${size(bytes)}, about ${size(memory)} of memory`);
  }
  const picked = pickModel(servers);
  const first = found.findIndex((model) => model.name === picked?.name && model.server === picked.server) + 1;
  const fallback = currentModel(environment) ?? (first > 0 ? String(first) : "none");
  return untilItWorks(questions, async () => {
    const answer = await questions.ask(
      found.length > 0 ? `Model: ${HINT}` : `Model: ${HINT.slice("a number, ".length)}`,
      {
        fallback,
      },
    );
    if (answer === "none") return withoutModel(environment, found.length > 0);
    const numbered = /^\d+$/.test(answer) ? found[Number(answer) - 1] : undefined;
    if (numbered !== undefined) return serverSettings(context, numbered.server.baseUrl, numbered);
    if (isPullable(answer)) {
      questions.say(`Downloading ${answer} …`);
      return ggufSettings(context, await context.pull(answer));
    }
    return /^https?:\/\//i.test(answer) ? serverSettings(context, answer) : ggufSettings(context, answer);
  });
}

/** A model that is set or runs here has to be kept out; else nothing is set, so that the first one that runs is taken. */
function withoutModel(environment: StepContext["environment"], isFound: boolean): EnvChanges {
  const isSet = ["AGENTIC_RAG_MODEL_URL", "AGENTIC_RAG_GGUF"].some(
    (name) => (environment[name]?.trim() ?? "") !== "",
  );
  return { AGENTIC_RAG_MODEL_FAMILY: isFound || isSet ? "offline" : null };
}

/** Asks again after what was told to be wrong; unattended, that is the end. */
export async function untilItWorks<Result>(
  questions: Questions,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (questions.unattended || !AgenticRagError.isInstance(error)) throw error;
      questions.say(error.message);
    }
  }
}

function currentModel(environment: StepContext["environment"]): string | undefined {
  const [family, url, gguf] = ["AGENTIC_RAG_MODEL_FAMILY", "AGENTIC_RAG_MODEL_URL", "AGENTIC_RAG_GGUF"].map(
    (name) => environment[name]?.trim() || undefined,
  );
  if (family === "offline") return undefined;
  return family === "gguf" ? gguf : (url ?? gguf);
}

async function ggufSettings(
  { questions, environment, folder }: StepContext,
  answer: string,
): Promise<EnvChanges> {
  const path = resolve(folder, answer);
  const checks = await checkGguf(path);
  const failed = checks.find(({ status }) => status === "failed");
  if (failed !== undefined) throw new AgenticRagError("settings-invalid", failed.message);
  for (const { name, message } of checks) questions.say(`${name}: ${message}`);
  const isSet = environment["AGENTIC_RAG_GGUF"]?.trim() === path;
  const { AGENTIC_RAG_GGUF_LORA: lora = null, ...settings } = settingsForFile(path);
  return { ...settings, ...(!isSet && { AGENTIC_RAG_GGUF_LORA: lora }) };
}

async function serverSettings(
  context: StepContext,
  address: string,
  local?: LocalModel,
): Promise<EnvChanges> {
  const { questions, environment, signal } = context;
  const baseUrl = readBaseUrl(address);
  const isSet = environment["AGENTIC_RAG_MODEL_URL"]?.trim().replace(/\/+$/, "") === baseUrl;
  const oldKey = isSet ? (environment["AGENTIC_RAG_MODEL_API_KEY"]?.trim() ?? "") : "";
  const about = oldKey === "" ? "empty: none" : "empty: the one that is set";
  const key =
    local === undefined
      ? await questions.ask(`Its key (${about})`, { hidden: true, fallback: oldKey })
      : oldKey;
  const apiKey = key === "" ? {} : { apiKey: key };
  const through = createProxyFetch(environment);
  // it cannot be asked what it is, and is not always known by its address
  const set = isSet ? environment["AGENTIC_RAG_MODEL_DIALECT"]?.trim() : undefined;
  const dialect: "anthropic" | "google" | "auto" = set === "anthropic" || set === "google" ? set : "auto";
  const reached = { baseUrl, dialect, ...apiKey, ...(through !== undefined && { fetch: through }) };
  const modelName = local?.name ?? (await chooseName(context, reached, isSet));

  questions.say(`Asking ${modelName} at ${baseUrl} a few small questions …`);
  const report = await probeEndpoint({ ...reached, modelName, signal });
  const choice = chooseFamily(report);
  if (choice.family === null) {
    throw new AgenticRagError("model-rejected", `${choice.reason} ${choice.advice}`);
  }
  questions.say(`Family: ${choice.family}. ${choice.reason}`);
  for (const missing of missingFor(report, choice)) questions.say(`  without ${missing}`);
  const warning = warningFor(report, choice);
  if (warning !== undefined) questions.say(warning);
  const stale = staleSettings(environment);
  const server = { baseUrl, dialect: choice.dialect, models: [] };
  return {
    ...Object.fromEntries(stale.map((name) => [name, null])),
    ...settingsFor({ server, name: modelName }, without(environment, stale)),
    AGENTIC_RAG_MODEL_FAMILY: choice.family,
    AGENTIC_RAG_MODEL_DIALECT: dialectToWrite(choice.dialect),
    AGENTIC_RAG_MODEL_API_KEY: key === "" ? null : key,
  };
}

/** What was chosen for the model before, and may be wrong for this one. */
function staleSettings(environment: StepContext["environment"]): readonly string[] {
  const [name = "", protocol, template] = [
    "AGENTIC_RAG_MODEL",
    "AGENTIC_RAG_PROTOCOL",
    "AGENTIC_RAG_CHAT_TEMPLATE",
  ].map((setting) => environment[setting]?.trim());
  return [
    ...(protocol !== undefined && protocol === protocolFor(name) ? ["AGENTIC_RAG_PROTOCOL"] : []),
    ...(template === "server" ? ["AGENTIC_RAG_CHAT_TEMPLATE"] : []),
  ];
}

function without(
  environment: StepContext["environment"],
  names: readonly string[],
): StepContext["environment"] {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name)));
}

/** What could not be told apart is asked again by whoever uses it. */
function dialectToWrite(dialect: ServerDialect): string {
  return dialect === "generic" ? "auto" : dialect;
}

async function chooseName(
  { questions, environment, signal }: StepContext,
  server: ServerAddress,
  isSet: boolean,
): Promise<string> {
  const names = await namesOf(server, signal);
  const shown = names.slice(0, MOST_SHOWN);
  if (shown.length > 0) questions.say("It serves:");
  for (const [at, name] of shown.entries()) questions.say(`  ${at + 1}  ${name}`);
  const picked = pickModel([{ baseUrl: server.baseUrl, dialect: "generic", models: names }]);
  const wanted = environment["AGENTIC_RAG_MODEL"]?.trim() ?? "";
  const fallback = wanted !== "" && (isSet || names.includes(wanted)) ? wanted : (picked?.name ?? "");
  const answer = await questions.ask(
    shown.length > 0 ? "Its model, by number or name" : "The model's name there",
    {
      fallback,
    },
  );
  if (answer === "") {
    throw new AgenticRagError(
      "settings-invalid",
      "A server needs the name of a model. Give it as the server lists it.",
    );
  }
  return (/^\d+$/.test(answer) ? shown[Number(answer) - 1] : undefined) ?? answer;
}

/** None where the server has no list. */
async function namesOf(server: ServerAddress, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return (await listModels({ ...server, signal })).map(({ id }) => id);
  } catch (error) {
    if (!AgenticRagError.isInstance(error)) throw error;
    if (error.code === "model-rejected" || error.code === "model-bad-reply") return [];
    throw error;
  }
}
