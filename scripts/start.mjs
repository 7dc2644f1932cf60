// Starts the command from source: what was changed since the last start is compiled first, into .compiled.
import { fileURLToPath } from "node:url";
import { compile } from "./compile.mjs";

const failure = await compile(fileURLToPath(new URL("../", import.meta.url)));
if (failure === undefined) await import("../.compiled/cli/bin.cjs");
else {
  console.error(failure);
  process.exitCode = 1;
}
