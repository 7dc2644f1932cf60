import type { Protocol } from "./protocol.ts";
import { qwq } from "./qwq/qwq.ts";
import { r1Searcher } from "./plain/r1-searcher.ts";
import { reSearch } from "./plain/re-search.ts";
import { searchO1 } from "./plain/search-o1.ts";
import { searchR1 } from "./plain/search-r1.ts";

/** The protocols by name. */
export const protocols = {
  qwq,
  "search-r1": searchR1,
  "search-o1": searchO1,
  "r1-searcher": r1Searcher,
  "re-search": reSearch,
} satisfies Record<string, Protocol>;
