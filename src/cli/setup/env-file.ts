import { chmod, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { parseEnv } from "node:util";
import { AgenticRagError } from "../../errors.ts";
import { decodeEnv } from "../../settings/env-file.ts";

/** New values by name; `null` takes a name out. */
export type EnvChanges = Readonly<Record<string, string | null>>;

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)$/;

/** The file's text; empty where there is none. */
export async function readEnvFile(path: string): Promise<string> {
  try {
    return decodeEnv(await readFile(path), path);
  } catch (error) {
    if (AgenticRagError.isInstance(error)) throw error;
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw new AgenticRagError(
      "settings-invalid",
      `The file ${path} cannot be read. Look at its permissions.`,
      {
        cause: error,
      },
    );
  }
}

/**
 * The text with the changes in it. A name that is there already is changed where it stands; all other lines stay as
 * they are.
 *
 * @throws AgenticRagError `settings-invalid` for a value that such a file cannot hold
 */
export function changeEnv(text: string, changes: EnvChanges): string {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const left = new Map(Object.entries(changes));
  const lines: string[] = [];
  for (const assignment of assignments(text)) {
    const { name } = assignment;
    if (name === undefined || !Object.hasOwn(changes, name)) {
      lines.push(...assignment.lines);
      continue;
    }
    const value = left.get(name) ?? null;
    left.delete(name);
    if (value !== null) lines.push(lineFor(name, value));
  }
  while (lines.at(-1) === "") lines.pop();
  for (const [name, value] of left) if (value !== null) lines.push(lineFor(name, value));
  return lines.length === 0 ? "" : lines.join(end) + end;
}

/** The names that are set to something else, and not by this file, over which they win. */
export function namesThatWin(
  environment: Readonly<Record<string, string | undefined>>,
  before: Readonly<Record<string, string | undefined>>,
  changes: EnvChanges,
): readonly string[] {
  return Object.entries(changes)
    .filter(([name, value]) => {
      const set = environment[name]?.trim() ?? "";
      return set !== "" && environment[name] !== before[name] && set !== value;
    })
    .map(([name]) => name);
}

/** Written aside and put in place, readable by its owner only. A link is followed. */
export async function writeEnvFile(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const aside = `${target}.${randomUUID()}`;
  try {
    await writeFile(aside, text, { mode: 0o600, flag: "wx" });
    await chmod(aside, 0o600);
    await rename(aside, target);
  } catch (error) {
    await rm(aside, { force: true });
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new AgenticRagError(
      "settings-invalid",
      `The file ${path} cannot be written (${reason}). Run setup in a folder that you may write to.`,
      { cause: error },
    );
  }
}

/** A line as it is written; quoted where it has to be. */
export function lineFor(name: string, value: string): string {
  const quoted = /^[\w./:@%+=,~-]*$/.test(value)
    ? [value]
    : ["'", '"', "`"].filter((mark) => !value.includes(mark)).map((mark) => mark + value + mark);
  const line = quoted.map((text) => `${name}=${text}`).find((text) => parseEnv(text)[name] === value);
  if (line !== undefined && !/[\r\n]/.test(value)) return line;
  throw new AgenticRagError(
    "settings-invalid",
    `The value for ${name} cannot be written into a .env file: it has a line break, or every kind of quotation mark.`,
  );
}

/** The text in pieces: a line, or all lines of a value in quotation marks. */
function* assignments(
  text: string,
): Generator<{ readonly name?: string; readonly lines: readonly string[] }> {
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const [, name, value = ""] = ASSIGNMENT.exec(line) ?? [];
    if (name === undefined) {
      yield { lines: [line] };
      continue;
    }
    const [mark = ""] = value;
    const isOpen = ["'", '"', "`"].includes(mark) && !value.slice(1).includes(mark);
    const closing = isOpen ? lines.findIndex((one, index) => index > at && one.includes(mark)) : -1;
    const last = closing < 0 ? at : closing;
    yield { name, lines: lines.slice(at, last + 1) };
    at = last;
  }
}
