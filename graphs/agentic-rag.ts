import { assemble } from "../src/assemble.ts";
import { createAgenticRag } from "../src/graph/graph.ts";
import { readSettings } from "../src/settings.ts";

/** The agent as the environment configures it. */
export const graph = createAgenticRag(assemble(readSettings(process.env)));
