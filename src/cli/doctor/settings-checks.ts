import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { platform } from "node:process";
import { AgenticRagError } from "../../errors.ts";
import { SETTINGS, type Settings } from "../../settings/settings.ts";
import { nearestName } from "../terminal/nearest-name.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import type { Check } from "./check.ts";

const PREFIX = "AGENTIC_RAG_";
const KNOWN = [...SETTINGS.map(({ name }) => name), "AGENTIC_RAG_DEBUG"];
const LEAST_NODE = [20, 19] as const;

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  const isEnough = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  return isEnough
    ? { name: "node", status: "ok", message: version }
    : {
        name: "node",
        status: "failed",
        message: `${version} is too old. Install Node ${LEAST_NODE.join(".")} or newer.`,
      };
}

/** The files that settings were read from. */
export async function* checkSettingFiles(files: readonly string[] = []): AsyncGenerator<Check> {
  for (const file of files) {
    const { mode } = await stat(file);
    const isOpen = platform !== "win32" && (mode & 0o077) !== 0 && basename(file) === "env";
    yield isOpen
      ? {
          name: "settings",
          status: "warning",
          message: `${file} can be read by others. Run: chmod 600 ${file}`,
        }
      : { name: "settings", status: "ok", message: `read from ${file}` };
  }
}

/** The settings, or a check for each one that is wrong. */
export function checkSettings(
  read: () => Settings,
  environment: Surroundings["environment"],
): { readonly settings?: Settings; readonly checks: readonly Check[] } {
  try {
    const settings = read();
    const names = SETTINGS.map(({ name }) => name).filter((name) => (environment[name]?.trim() ?? "") !== "");
    const message = names.length === 0 ? "none is set, the defaults hold" : `set: ${names.join(", ")}`;
    return { settings, checks: [{ name: "settings", status: "ok", message }] };
  } catch (error) {
    if (!AgenticRagError.isInstance(error)) throw error;
    const problems = error.message.split("\n");
    return { checks: problems.map((message) => ({ name: "settings", status: "failed", message })) };
  }
}

/** Names that look like a setting and are none. */
export function checkUnknownNames(environment: Surroundings["environment"]): readonly Check[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !KNOWN.includes(name))
    .sort()
    .map((name) => {
      const near = nearestName(name, KNOWN);
      const instead =
        near === undefined ? "See agentic-rag --help for those there are." : `Did you mean ${near}?`;
      return {
        name: "settings",
        status: "warning",
        message: `${name} is no setting and does nothing. ${instead}`,
      };
    });
}
