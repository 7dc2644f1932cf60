import { assembleServed } from "../src/assemble/served.ts";
import { createResearchTeam } from "../src/compose/team/research-team.ts";
import { readSettings } from "../src/settings/settings.ts";

const parts = assembleServed(readSettings(process.env), { onProblem: console.error });

/** A team: a question in parts, an agent for each, all at once, and one answer with one numbering of sources. */
export const graph = createResearchTeam(parts);
