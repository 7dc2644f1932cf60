import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { AgenticRagError } from "../errors.ts";
import { decodeEnv, parseVariables } from "../settings/env-file.ts";
import { SETTINGS, withoutCredentials } from "../settings/settings.ts";
import { configFolderOf } from "../settings/user-folders.ts";
import type { Arguments } from "./arguments/arguments.ts";
import { Interruption } from "./terminal/interruption.ts";
import { createLineReader } from "./terminal/line-reader.ts";
import { printableLine } from "./terminal/printable.ts";
import type { Surroundings } from "./terminal/surroundings.ts";
import { isTrusted, trust } from "./trusted-files.ts";

type Variables = Readonly<Record<string, string | undefined>>;

const KEYS = SETTINGS.filter(({ secret, destination }) => secret === true && destination !== true).map(
  ({ name }) => name,
);
/** What the driver of PostgreSQL sends to the database without a setting of ours. */
const DATABASE_KEYS = ["PGPASSWORD", "PGPASSFILE"];
const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
const DESTINATIONS = [
  ...new Set([
    ...SETTINGS.filter(({ destination }) => destination === true).map(({ name }) => name),
    ...PROXIES,
  ]),
];
/** Settings that may name an MCP server: where searches go, or a command that is run for them. */
const ENGINE_SETTINGS = ["AGENTIC_RAG_ENGINE", "AGENTIC_RAG_ALLOW_ENGINES"];
const SETTING_NAMES = new Set([...SETTINGS.map(({ name }) => name), ...PROXIES]);

/** The file of settings for all folders of a person; undefined where the environment names no place for it. */
export function userFileOf(environment: Variables): string | undefined {
  const folder = configFolderOf(environment);
  return folder === undefined ? undefined : join(folder, "env");
}

/**
 * The surroundings with the settings of two files: what the environment sets wins, then `.env` of the working directory,
 * then the user's own file. Other variables than settings are not taken from them. Addresses of `.env` are never used
 * together with keys from elsewhere unless a person has allowed it, for exactly this file: it is asked once on a terminal.
 *
 * @throws AgenticRagError `settings-invalid` for a file that cannot be read, and where nobody allows it
 */
export async function withSettingFiles(args: Arguments, surroundings: Surroundings): Promise<Surroundings> {
  const { environment: shell, folder, stderr } = surroundings;
  const userPath = userFileOf(shell);
  const user = userPath === undefined ? undefined : readSettingFile(userPath);
  const own = readSettingFile(join(folder, ".env"));
  const environment = { ...user?.variables, ...own?.variables, ...shell };
  const settingFiles = [own, user].flatMap((file) => (file === undefined ? [] : [file.path]));
  const prepared = { ...surroundings, environment, settingFiles };
  if (own === undefined || Object.keys(own.variables).length === 0) return prepared;

  const chosen = Object.fromEntries(
    Object.entries(own.variables).filter(([name]) => !Object.hasOwn(shell, name)),
  );
  const named = (pattern: RegExp) => ENGINE_SETTINGS.filter((name) => pattern.test(chosen[name] ?? ""));
  const commands = named(/(?:^|,)\s*mcp:(?!\s*https?:)/i);
  const destinations = [...DESTINATIONS.filter((name) => isSet(chosen[name])), ...named(/(?:^|,)\s*mcp:/i)];
  const told = readLine(own.path, chosen, destinations);
  const keys = destinations.length === 0 ? [] : foreignKeys(environment, chosen);
  if ((keys.length === 0 && commands.length === 0) || isTrusted(own.path, own.bytes, shell)) {
    if (!args.switches.has("quiet")) stderr.write(`${told}\n`);
    return prepared;
  }
  const doubts = [
    ...(commands.length === 0
      ? []
      : [`Commands that this file names are not run unless you allow it: ${commands.join(", ")}.`]),
    ...(keys.length === 0
      ? []
      : [`Keys that are not from this file are not used with that unless you allow it: ${keys.join(", ")}.`]),
  ];
  const warning = [told, ...doubts].join(" ");
  if (surroundings.stdin.isTTY !== true || stderr.isTTY !== true) {
    throw refused(
      `${warning} Run agentic-rag once on a terminal and allow it, or set the addresses elsewhere than in this file, or the keys in it.`,
    );
  }
  stderr.write(`${warning}\n`);
  if (!(await isAllowed(surroundings))) {
    throw refused(`Nothing was sent. Take out of ${own.path} what is not yours, or work in another folder.`);
  }
  trust(own.path, own.bytes, shell);
  return prepared;
}

/** Whether a file sets where requests or records go by other names than these. */
export function hasOtherDestinations(text: string, names: readonly string[]): boolean {
  const variables = parseVariables(text);
  return DESTINATIONS.some((name) => isSet(variables[name]) && !names.includes(name));
}

interface SettingFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly variables: Readonly<Record<string, string>>;
}

/** Undefined where there is no such file. */
function readSettingFile(path: string): SettingFile | undefined {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
    const bytes = readFileSync(path);
    const all = Object.entries(parseVariables(decodeEnv(bytes, path)));
    const settings = all.filter(([name]) => SETTING_NAMES.has(name) || name.startsWith("AGENTIC_RAG_"));
    return { path, bytes, variables: Object.fromEntries(settings) };
  } catch (error) {
    if (AgenticRagError.isInstance(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new AgenticRagError(
      "settings-invalid",
      `The file ${path} cannot be read (${reason}). Correct it, or remove it.`,
      { cause: error },
    );
  }
}

function isSet(value: string | undefined): boolean {
  return (value?.trim() ?? "") !== "";
}

/** The keys that are set, and not by this file. */
function foreignKeys(environment: Variables, chosen: Variables): readonly string[] {
  const database = /^postgres(?:ql)?:/i.test(chosen["AGENTIC_RAG_DATABASE"]?.trim() ?? "");
  return [...KEYS, ...(database ? DATABASE_KEYS : [])].filter(
    (name) => isSet(environment[name]) && !Object.hasOwn(chosen, name),
  );
}

function readLine(path: string, chosen: Variables, destinations: readonly string[]): string {
  const places = destinations.map((name) => `${name}=${withoutCredentials(chosen[name]?.trim())}`);
  const where =
    places.length === 0
      ? "it does not change where requests and records go"
      : `where requests and records go is set by ${places.join(", ")}`;
  return printableLine(`Read ${path}: ${where}.`);
}

async function isAllowed(surroundings: Surroundings): Promise<boolean> {
  const reader = createLineReader(
    { ...surroundings, stdout: surroundings.stderr },
    { prompt: "Allow it, from now on? [y/N] ", history: false, onInterrupt: () => undefined },
  );
  try {
    const answer = await reader.next({ fresh: true });
    if (answer === null) throw new Interruption("SIGINT");
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}

function refused(message: string): AgenticRagError {
  return new AgenticRagError("settings-invalid", message);
}
