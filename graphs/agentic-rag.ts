import { assembleServed } from "../src/assemble/served.ts";
import { createAgenticRag } from "../src/graph/graph.ts";
import { readSettings } from "../src/settings/settings.ts";

const parts = assembleServed(readSettings(process.env), { onProblem: console.error });

/**
 * The agent as the environment configures it, whose budgets no run can exceed. A cache or a recording that cannot be
 * used is told, and ends no run.
 */
export const graph = createAgenticRag(parts);
