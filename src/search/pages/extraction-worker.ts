import { parentPort, workerData } from "node:worker_threads";
import { extract, type Extraction, prepare } from "./extraction.ts";

/** Runs one extraction: posts when it begins, each text as soon as it is there, then what kind of end it was. */
async function run(extraction: Extraction): Promise<void> {
  await prepare(extraction.content.kind);
  post({ begins: true });
  try {
    for await (const extracted of extract(extraction)) post({ extracted });
    post({ end: "done" });
  } catch {
    post({ end: "broken" });
  }
}

function post(message: unknown): void {
  parentPort?.postMessage(message, []);
}

const extraction: Extraction = workerData;
await run(extraction);
