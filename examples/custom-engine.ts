/** A search engine of your own: anything that finds texts for a query. */
import { assemble, createAgenticRag, readSettings, type SearchEngine } from "../src/index.ts";

const products = [
  {
    id: 7,
    name: "Kettle K2",
    about: "The Kettle K2 boils one litre in two minutes. The Kettle K2 costs 40 euros.",
  },
  { id: 9, name: "Teapot T1", about: "The Teapot T1 holds half a litre. It costs 25 euros." },
];

const catalogue: SearchEngine = {
  name: "catalogue",
  async search(query, { maxResults = 5 } = {}) {
    const words = query.toLowerCase().split(/\W+/);
    const found = products.filter(({ name }) =>
      words.some((word) => name.toLowerCase().split(" ").includes(word)),
    );
    if (found.length === 0) return { status: "nothing" };
    return {
      status: "found",
      results: found
        .slice(0, maxResults)
        .map(({ id, name, about }) => ({ title: name, url: `https://shop.example/${id}`, text: about })),
    };
  },
};

const agent = createAgenticRag({ ...assemble(readSettings(process.env)), engine: catalogue });
const stream = await agent.stream({ question: "What does the Kettle K2 cost?" }, { streamMode: "custom" });
for await (const event of stream) {
  if (event.type === "search-end") console.log(`${event.engine}: ${event.query}: ${event.status}`);
  if (event.type === "answer-end") console.log(event.answer);
}
