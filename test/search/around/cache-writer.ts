import { createDiskCache } from "../../../src/search/around/cache-disk.ts";

/** Keeps two hundred answers in a cache, each until it is really there, and prints what it was told of. */
const [file = ""] = process.argv.slice(2);
const problems: string[] = [];
const store = createDiskCache({ file, onProblem: (message) => problems.push(message) });
for (let index = 0; index < 200; index += 1) {
  const results = [{ title: "", url: "", text: `theirs${index}` }];
  const kept = { engine: "tavily", at: 1000, expires: 2000, answer: { status: "found", results } } as const;
  do {
    store.put(`theirs${index}`, kept);
  } while (store.get(`theirs${index}`) === undefined);
}
store.close();
console.log(JSON.stringify(problems));
