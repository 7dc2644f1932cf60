import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { z } from "zod";

const jobSchema = z.object({
  url: z.string(),
  runs: z.number(),
  concurrency: z.number(),
  out: z.string(),
  call: z.string(),
  search: z.string(),
  answer: z.string(),
});

/** Sends the requests of so many runs, and keeps what came back: nothing is read, spliced, checked or scored. */
async function main(): Promise<void> {
  const job = jobSchema.parse(JSON.parse(await readFile(process.argv[2] ?? "", "utf8")));
  const out = createWriteStream(job.out);
  const post = async (path: string, body: string): Promise<string> => {
    const headers = { "content-type": "application/json" };
    return (await fetch(`${job.url}${path}`, { method: "POST", headers, body })).text();
  };
  let next = 0;
  async function work(): Promise<void> {
    while (next < job.runs) {
      const seed = next;
      next += 1;
      const seeded = (body: string): string => body.replace(/"seed":\d+/, `"seed":${seed}`);
      const call = await post("/v1/completions", seeded(job.call));
      const found = await post("/search", job.search);
      const answer = await post("/v1/completions", seeded(job.answer));
      out.write(`${JSON.stringify({ seed, call, found, answer })}\n`);
    }
  }
  await Promise.all(Array.from({ length: job.concurrency }, work));
  await new Promise((done) => out.end(done));
}

await main();
