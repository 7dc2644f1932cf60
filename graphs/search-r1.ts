import { assemble } from "../src/assemble/assemble.ts";
import { createAgenticRag } from "../src/graph/graph.ts";
import { protocols } from "../src/protocol/index.ts";
import { readSettings } from "../src/settings/settings.ts";

const parts = assemble(readSettings(process.env), { onProblem: console.error });

/** The same agent, speaking Search-R1. Where the model cannot be led through that, a run says so, not the start. */
export const graph = createAgenticRag(
  { ...parts, ceilings: parts.limits, protocol: protocols["search-r1"] },
  { name: "search-r1" },
);
