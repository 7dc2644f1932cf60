import { assemble } from "../src/assemble.ts";
import { createAgenticRag } from "../src/graph/graph.ts";
import { readSettings } from "../src/settings.ts";

/** The same agent, speaking Search-R1. */
export const graph = createAgenticRag(
  assemble({ ...readSettings(process.env), protocol: "search-r1" }, { onProblem: console.error }),
  { name: "search-r1" },
);
