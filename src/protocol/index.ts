import type { Protocol } from "./protocol.ts";
import { qwq } from "./qwq.ts";
import { searchR1 } from "./search-r1.ts";

/** The protocols by name. */
export const protocols = { qwq, "search-r1": searchR1 } satisfies Record<string, Protocol>;
