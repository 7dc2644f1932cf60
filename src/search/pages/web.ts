import { throwIfAborted } from "../../net/abort.ts";
import { withDeadline } from "../../net/deadline.ts";
import { type Download, download, type DownloadOptions, type Permission } from "./download.ts";
import { type ConnectOptions, createGuardedAgent } from "./guarded-agent.ts";
import { toPageOutcome } from "./page-outcome.ts";
import { failPage, type FailedPage, refusePage, showUrl } from "./page-failure.ts";
import type { PageReader } from "./page-reader.ts";
import { createRobotsPolicy } from "./robots.ts";
import type { ExtractionLimits } from "./run-extraction.ts";

export interface WebPageReaderOptions extends ConnectOptions, DownloadOptions, ExtractionLimits {
  /** Time for lookup, connections, redirects and bodies together, in milliseconds. Default 20,000. */
  readonly totalMs?: number;
  /**
   * Whether the robots.txt of a site is asked first. Default `ignore`: it speaks to crawlers, and this reads a single
   * page that somebody's question led to, as a browser does.
   */
  readonly robots?: "ignore" | "respect";
}

const DEFAULT_TOTAL_MS = 20_000;
const MAX_ROBOTS_BYTES = 500_000;

/**
 * Reads pages of the public internet: HTML, plain text, Markdown, JSON and PDF. No page, redirect or host name leads
 * it into a private network, and none can hold up the process: pages become text in a thread of their own.
 */
export function createWebPageReader(options: WebPageReaderOptions = {}): PageReader {
  const isAllowedByRobots = createRobotsPolicy();
  const totalMs = options.totalMs ?? DEFAULT_TOTAL_MS;

  async function readWithin(address: string, signal: AbortSignal): Promise<Download | FailedPage> {
    const agent = await createGuardedAgent(options);
    const readRobots = async (url: URL): Promise<string | undefined> =>
      textOfRobots(
        await download(agent, url.href, { ...options, maxDownloadBytes: MAX_ROBOTS_BYTES }, signal),
      );
    const permit: Permission = async (url) => {
      return (await isAllowedByRobots(url, readRobots))
        ? undefined
        : refusePage(url.href, "its robots.txt asks programs not to, or cannot be had");
    };
    try {
      return await download(
        agent,
        address,
        options,
        signal,
        options.robots === "respect" ? permit : undefined,
      );
    } finally {
      await agent.destroy();
    }
  }

  return {
    name: "web",
    async read(address, pageOptions = {}) {
      const { signal } = pageOptions;
      throwIfAborted(signal);
      const reply = await withDeadline({ deadlineMs: totalMs, signal }, (within) =>
        readWithin(address, within),
      );
      throwIfAborted(signal);
      if (reply === "deadline") {
        return failPage(
          "timeout",
          `${showUrl(address)} was not there within ${totalMs / 1000} s. Read it later, or another page.`,
        );
      }
      if (reply.status === "failed") return reply;
      return toPageOutcome({ ...reply, url: reply.url.href }, pageOptions, options);
    },
  };
}

/** RFC 9309: no robots.txt (4xx) allows everything; one that cannot be had forbids it. */
function textOfRobots(reply: Download | FailedPage): string | undefined {
  if (reply.status === "downloaded") return new TextDecoder().decode(reply.bytes);
  const { status = 0, kind } = reply.failure;
  return (status >= 400 && status < 500) || kind === "unsupported-content" ? "" : undefined;
}
