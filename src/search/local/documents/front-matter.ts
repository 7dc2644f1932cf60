import { parse } from "yaml";
import { z } from "zod";
import { cleanLine } from "../../clean-text.ts";
import { readIsoDate } from "../../engines/wire/written-date.ts";

/** The YAML head of a Markdown file: title, url and date where it has them. */
export interface FrontMatter {
  readonly title?: string | undefined;
  readonly url?: string | undefined;
  readonly date?: string | undefined;
  readonly problem?: string | undefined;
  /** The file without its head. */
  readonly body: string;
}

const line = z.union([z.string(), z.number()]).transform(String).optional().catch(undefined);
const schema = z.object({ title: line, url: line, date: line }).nullable();

/** Reads a head between two lines of `---`. One that is not YAML is a `problem`; the body is read all the same. */
export function readFrontMatter(source: string): FrontMatter {
  const head = /^---[ \t]*\n(?:([\s\S]*?)\n)??---[ \t]*(?:\n|$)/u.exec(source);
  if (head === null) return { body: source };
  const body = source.slice(head[0].length);
  try {
    const fields = schema.parse(parse(head[1] ?? "", { logLevel: "error" }) ?? null);
    return {
      title: cleanLine(fields?.title ?? "") || undefined,
      url: readWebAddress(fields?.url),
      date: readIsoDate(fields?.date),
      body,
    };
  } catch (error) {
    const reason = error instanceof z.ZodError ? "it is not a list of fields" : describe(error);
    return { body, problem: `its front matter is not used: ${reason}` };
  }
}

function readWebAddress(url: string | undefined): string | undefined {
  return url !== undefined && /^https?:\/\//iu.test(url) && URL.canParse(url) ? url : undefined;
}

function describe(error: unknown): string {
  return error instanceof Error
    ? cleanLine(error.message.split("\n")[0] ?? "").replace(/:$/u, "")
    : "unknown error";
}
