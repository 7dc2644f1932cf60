import { parentPort } from "node:worker_threads";
import { cleanLine } from "../../clean-text.ts";
import { parseFile } from "./file.ts";

/** What the thread is asked for. */
export interface ReadingRequest {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Reads one file after another, as they are posted. */
parentPort?.on("message", (request: ReadingRequest) => {
  parseFile(request.path, request.bytes).then(
    (file) => post({ file }),
    (error: unknown) =>
      post({ broken: error instanceof Error ? cleanLine(error.message) : "it cannot be read" }),
  );
});

function post(message: unknown): void {
  parentPort?.postMessage(message, []);
}
