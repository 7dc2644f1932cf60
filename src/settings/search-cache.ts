import { join } from "node:path";
import { z } from "zod";
import { numberOr, type Given } from "./fields.ts";

/** Where answers of engines behind a network are kept. */
export type SearchCache = "off" | "memory" | { readonly file: string };

const place = z
  .string()
  .refine((text) => ["off", "memory", "disk"].includes(text) || /[/\\.]/.test(text), {
    error: "must be off, memory, disk, or the path of a file, such as ./searches.sqlite",
  })
  .optional()
  .meta({ destination: true });

/** The settings of this room, in the order in which help shows them. */
export const searchCacheFields = {
  AGENTIC_RAG_SEARCH_CACHE: place.describe(
    "where answers of engines are kept: off, memory (default, of this process), disk (in the user's cache folder), or a file",
  ),
  AGENTIC_RAG_SEARCH_CACHE_HOURS: numberOr(24, z.number().positive().max(8760)).describe("how long"),
};

/** What does not fit together, whether each part of it is well or not. */
export function searchCacheProblems(given: Given, folder: string | undefined): readonly string[] {
  if (given["AGENTIC_RAG_SEARCH_CACHE"] !== "disk" || folder !== undefined) return [];
  return [
    "AGENTIC_RAG_SEARCH_CACHE is disk, but neither HOME nor XDG_CACHE_HOME names a folder for it. Set it to the path of a file.",
  ];
}

/** In memory where nothing is set: on a disk, what somebody searched for would be found by others, and days later. */
export function searchCacheOf(wanted: string | undefined, folder: string | undefined): SearchCache {
  if (wanted === undefined || wanted === "memory") return "memory";
  if (wanted === "off") return wanted;
  if (wanted !== "disk") return { file: wanted };
  return folder === undefined ? "memory" : { file: join(folder, "searches.sqlite") };
}
