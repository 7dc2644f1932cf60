/** A question in parts: an agent for each, all at once, and one answer with one numbering of sources. */
import { assemble, createResearchTeam, readSettings } from "../src/index.ts";

const team = createResearchTeam(assemble(readSettings(process.env)));

const { plan, answer, citations } = await team.invoke({
  question: "What is BM25, and who published the Natural Questions benchmark?",
});
console.log(plan?.parts.map(({ number, question }) => `${number}. ${question}`).join("\n"));
console.log(`\n${answer}\n`);
console.log([...new Set(citations.map(({ number, url }) => `[${number}] ${url}`))].join("\n"));
