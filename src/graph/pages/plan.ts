import { canonicalUrl } from "../../citation/check.ts";
import { findMarks } from "../../citation/marks.ts";
import type { OpenCall } from "./record.ts";
import type { RunState } from "../state.ts";

type Known = Pick<RunState, "opening" | "sources" | "links" | "readings">;

/**
 * Which pages are opened: those that a search, an opened page or the user gave, that were not read before, as far as the
 * budget goes. An address that was given is asked for as it was given, not as the model wrote it, so that the model can
 * send nothing along with it.
 */
export function planPages(urls: readonly string[], state: Known, left: number): OpenCall {
  const given = givenAddresses(state);
  const read = readAddresses(state);
  let room = left;
  return {
    kind: "open",
    pages: urls.map((written) => {
      const key = addressKey(written);
      const url = given.get(key);
      if (url === undefined) return { url: written, plan: "refused" };
      if (read.has(key)) return { url, plan: "repeated" };
      if (room <= 0) return { url, plan: "not-run" };
      room -= 1;
      read.add(key);
      return { url, plan: "open" };
    }),
  };
}

/** One form for addresses that lead to the same page, also as the heads of sources show them. */
export function addressKey(url: string): string {
  return canonicalUrl(url).replaceAll("[", "%5B").replaceAll("]", "%5D");
}

/** True for http(s) URLs only. */
export function isWebAddress(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}

/** The addresses that somebody else than the model gave, by their keys. */
function givenAddresses({ opening, sources, links }: Known): ReadonlyMap<string, string> {
  const asked = opening?.messages.filter(({ role }) => role === "user") ?? [];
  const addresses = [
    ...sources.map(({ url }) => url),
    ...links,
    ...asked.flatMap(({ content }) => addressesIn(content)),
  ];
  const given = new Map<string, string>();
  for (const url of addresses.filter(isWebAddress)) {
    const key = addressKey(url);
    if (!given.has(key)) given.set(key, url);
  }
  return given;
}

/** The addresses in what a person wrote, also within brackets and backticks. */
function addressesIn(text: string): readonly string[] {
  return findMarks(text.replaceAll(/[`[\]]/g, " ")).flatMap((mark) =>
    mark.kind === "url" ? [mark.url] : [],
  );
}

/** What was read, by the keys of where it was asked for and of where it really is. */
function readAddresses({ readings, sources }: Known): Set<string> {
  const read = readings.filter(({ status }) => status === "read");
  const numbers = new Set(read.map(({ source }) => source));
  const places = sources.filter(({ number }) => numbers.has(number));
  return new Set([...read, ...places].map(({ url }) => addressKey(url)));
}
