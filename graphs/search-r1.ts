import { assembleServed } from "../src/assemble/served.ts";
import { createAgenticRag } from "../src/graph/graph.ts";
import { protocols } from "../src/protocol/index.ts";
import { readSettings } from "../src/settings/settings.ts";

const parts = assembleServed(readSettings(process.env), { onProblem: console.error });

/** The same agent, speaking Search-R1. Where the model cannot be led through that, a run says so, not the start. */
export const graph = createAgenticRag({ ...parts, protocol: protocols["search-r1"] }, { name: "search-r1" });
