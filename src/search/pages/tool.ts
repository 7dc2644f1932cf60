import type { StructuredToolInterface } from "@langchain/core/tools";
import { throwIfAborted } from "../../net/abort.ts";
import { withDeadline } from "../../net/deadline.ts";
import { readThrown, readWords } from "../langchain/failure.ts";
import { createHiding } from "../langchain/secrets.ts";
import { type AddressRules, judgeUrl } from "./address.ts";
import { failPage, type FailedPage, refusePage } from "./page-failure.ts";
import { toPageOutcome } from "./page-outcome.ts";
import type { PageReader } from "./page-reader.ts";
import { readToolText } from "./tool-text.ts";

export interface ToolPageReaderOptions extends AddressRules {
  /** Field of the tool's input that takes the address. Default `url`. */
  readonly urlArgument?: string;
  /** What else the tool is given with each page. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** Name of the reader. Default: the tool's. */
  readonly name?: string;
  /** Time for one page, in milliseconds; it ends then even if the tool heeds no signal. Default 30,000. */
  readonly deadlineMs?: number;
  /** Never shown in a failure. The keys that the tool holds in fields named like one are hidden anyway. */
  readonly secrets?: readonly string[];
}

const DEFAULT_DEADLINE_MS = 30_000;
const HTML = /^\s*(?:<!doctype html|<html[\s>]|<head[\s>]|<body[\s>])/iu;

/**
 * Reads pages with a tool of LangChain or of an MCP server. Only the URL is judged before it is asked: where a host
 * name leads, and where the page redirects to, is for the tool to check.
 */
export function createToolPageReader(
  tool: StructuredToolInterface,
  options: ToolPageReaderOptions = {},
): PageReader {
  const name = options.name ?? tool.name;
  const hide = createHiding(tool, options.secrets ?? []);
  const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;

  async function ask(url: string, signal: AbortSignal): Promise<{ readonly output: unknown } | FailedPage> {
    try {
      const input = { ...options.input, [options.urlArgument ?? "url"]: url };
      const output: unknown = await tool.invoke(input, { signal });
      return { output };
    } catch (error) {
      return fail(readThrown(name, error, hide));
    }
  }

  return {
    name,
    async read(address, pageOptions = {}) {
      const { signal } = pageOptions;
      throwIfAborted(signal);
      const decision = judgeUrl(address, options);
      if ("refused" in decision) return refusePage(address, decision.refused);
      const asked = decision.allowed.href;
      const reply = await withDeadline({ deadlineMs, signal }, (within) => ask(asked, within));
      throwIfAborted(signal);
      if (reply === "deadline") {
        return failPage(
          "timeout",
          `${name} did not answer within ${deadlineMs / 1000} s. Read another page.`,
        );
      }
      if ("status" in reply) return reply;
      const read = readToolText(reply.output);
      if (read.kind === "error") return fail(readWords(name, read.words, hide));
      if (read.kind === "unknown") {
        return failPage(
          "bad-reply",
          `${name} returned something that holds no text. Use a tool that reads pages.`,
        );
      }
      const moved = judgeUrl(read.url ?? asked, options);
      return toPageOutcome(
        {
          url: "allowed" in moved ? moved.allowed.href : asked,
          content: { kind: HTML.test(read.text) ? "html" : "text", charset: "utf-8" },
          bytes: Buffer.from(read.text),
          isCut: false,
          facts: { title: read.title ?? "", links: [] },
        },
        pageOptions,
      );
    },
  };
}

function fail({ kind, message, status }: ReturnType<typeof readThrown>): FailedPage {
  return failPage(kind, message, status);
}
