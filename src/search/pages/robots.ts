import { LRUCache } from "lru-cache";
import robotsParser from "robots-parser";

/** Text of an origin's robots.txt; empty where there is none, `undefined` where it could not be had. */
export type ReadRobots = (url: URL) => Promise<string | undefined>;

interface Rules {
  isAllowed(url: string, userAgent?: string): boolean | undefined;
}

/** Its types describe a default export that the package does not have: what is imported is the function itself. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const parseRobots = robotsParser as unknown as typeof robotsParser.default;

/** What the lines `User-agent:` of a robots.txt call this reader. */
const ROBOTS_NAME = "langgraph-agentic-rag";
const KEPT_ORIGINS = 200;
const KEPT_MS = 60 * 60 * 1_000;

/**
 * Asks the robots.txt of each origin, as RFC 9309 has it: one that cannot be had forbids everything. Kept for an hour.
 */
export function createRobotsPolicy(): (url: URL, readRobots: ReadRobots) => Promise<boolean> {
  const kept = new LRUCache<string, Rules>({ max: KEPT_ORIGINS, ttl: KEPT_MS });
  return async (url, readRobots) => {
    const robotsUrl = new URL("/robots.txt", url);
    let rules = kept.get(url.origin);
    if (rules === undefined) {
      const text = await readRobots(robotsUrl);
      if (text === undefined) return false;
      rules = parseRobots(robotsUrl.href, text);
      kept.set(url.origin, rules);
    }
    return rules.isAllowed(url.href, ROBOTS_NAME) !== false;
  };
}
