import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { AgenticRagError, codeOf } from "../../errors.ts";
import { cleanLine } from "../clean-text.ts";
import type { SearchOutcome } from "../engine.ts";
import { outcomeSchema } from "./outcome-schema.ts";
import { parseJson } from "../../net/json.ts";

/** Raised whenever a recording of an older version could not be read. */
const VERSION = 1;
const FORMAT = "agentic-rag-searches";
const HEADER = `${JSON.stringify({ format: FORMAT, version: VERSION })}\n`;

/** Of the first line, with blank lines before it. */
const MAX_HEADER_BYTES = 4_096;

const headerSchema = z.object({ format: z.literal(FORMAT), version: z.number() });

/** One search and what came of it. */
export interface RecordedSearch {
  readonly engine: string;
  /** The engine of a chain whose outcome it is, where that is another one. */
  readonly answeredBy?: string | undefined;
  readonly query: string;
  readonly maxResults: number;
  readonly outcome: SearchOutcome;
}

const recordedSchema = z.object({
  engine: z.string().min(1),
  answeredBy: z.string().min(1).optional(),
  query: z.string().transform(cleanLine),
  maxResults: z.int().min(1),
  outcome: outcomeSchema,
});

/**
 * The searches of a recording: JSON Lines, one for each search, below a line that says what the file is. Blank lines
 * are allowed.
 *
 * @throws AgenticRagError `recording-unusable`, with the number of the line
 */
export function readCassette(file: string): RecordedSearch[] {
  checkKind(file);
  const lines = attempt(file, () => readFileSync(file, "utf8"))
    .replace(/^\uFEFF/u, "")
    .split("\n")
    .map((text, index) => ({ text, number: index + 1 }))
    .filter(({ text }) => text.trim() !== "");
  const [first, ...rest] = lines;
  checkHeader(file, first?.text ?? "");
  return rest.map(({ text, number }) => readLine(file, text, number));
}

/**
 * Checks what a file says that it is, and reads no more of it; a file that does not exist will do.
 *
 * @throws AgenticRagError `recording-unusable`
 */
export function checkCassette(file: string): void {
  if (!existsSync(file)) return;
  checkKind(file);
  const head = Buffer.alloc(MAX_HEADER_BYTES);
  const text = attempt(file, () => {
    const descriptor = openSync(file, "r");
    try {
      return head.toString("utf8", 0, readSync(descriptor, head, 0, MAX_HEADER_BYTES, 0));
    } finally {
      closeSync(descriptor);
    }
  });
  checkHeader(file, text.trimStart().split("\n")[0] ?? "");
}

/**
 * Adds a search in one piece; creates the file, with its folder, where there is none. Throws what the disk throws, and
 * an AgenticRagError for a search that could not be read back.
 */
export function appendToCassette(file: string, search: RecordedSearch): void {
  const readable = recordedSchema.safeParse(search);
  if (!readable.success) {
    throw new AgenticRagError(
      "recording-unusable",
      `its results break the rules: ${explain(readable.error)}`,
    );
  }
  createCassette(file);
  const line = `${JSON.stringify(readable.data)}\n`;
  appendFileSync(file, endsWithLine(file) ? line : `\n${line}`);
}

function createCassette(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, HEADER, { flag: "ax" });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

/** False for what an editor, or a process that was killed, left without its line end. */
function endsWithLine(file: string): boolean {
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    const last = Buffer.alloc(1);
    return size === 0 || (readSync(descriptor, last, 0, 1, size - 1) === 1 && last.toString() === "\n");
  } finally {
    closeSync(descriptor);
  }
}

function attempt<Value>(file: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    const why = codeOf(error) === "ENOENT" ? "There is no recording" : "The recording cannot be read";
    throw new AgenticRagError(
      "recording-unusable",
      `${why} at ${file}. Record the searches first, or name another file.`,
      { cause: error },
    );
  }
}

/** A device or a pipe may have no end, or wait forever. */
function checkKind(file: string): void {
  const kind = attempt(file, () => statSync(file));
  if (kind.isFile() || kind.isDirectory()) return;
  throw new AgenticRagError(
    "recording-unusable",
    `${file} is a device or a pipe, and a recording of searches is a file. Name another one.`,
  );
}

function checkHeader(file: string, line: string): void {
  const header = headerSchema.safeParse(parseJson(line)).data;
  if (header === undefined) {
    throw new AgenticRagError(
      "recording-unusable",
      `${file} is not a recording of searches: line 1 should be ${HEADER.trim()}. Name another file.`,
    );
  }
  if (header.version !== VERSION) {
    throw new AgenticRagError(
      "recording-unusable",
      `The recording ${file} has version ${header.version}, and version ${VERSION} is read here. Record the searches anew.`,
    );
  }
}

function readLine(file: string, text: string, number: number): RecordedSearch {
  const value = parseJson(text);
  const parsed = recordedSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const why = value === undefined ? "it is not JSON" : explain(parsed.error);
  throw new AgenticRagError(
    "recording-unusable",
    `The recording ${file} cannot be used because of line ${number}: ${why}. Mend or delete that line, or record anew.`,
  );
}

function explain({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join(".") || "it"}: ${cleanLine(issue?.message ?? "")}`;
}
