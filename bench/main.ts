import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Bench } from "./bench.ts";
import { benchCitations } from "./citations.ts";
import { benchGgufReuse } from "./gguf-reuse.ts";
import { benchGrowth } from "./growth/growth.ts";
import { benchScale } from "./indexing/scale.ts";
import { benchLoad } from "./load/load.ts";
import { readOptions } from "./options.ts";
import { benchPrefixReuse } from "./prefix-reuse.ts";
import { benchReader } from "./reader.ts";
import { Patience } from "./speed/others.ts";
import { benchSpeed } from "./speed/speed.ts";
import { benchStartup } from "./startup/startup.ts";
import { benchStoredBytes } from "./stored-bytes.ts";

/** By name. What gives Markdown has a place in docs/performance.md, between marks of that name. */
const SECTIONS: Readonly<Record<string, (bench: Bench) => Promise<string | void>>> = {
  speed: benchSpeed,
  load: benchLoad,
  growth: benchGrowth,
  startup: benchStartup,
  reader: ({ print }) => benchReader(print),
  citations: ({ print }) => benchCitations(print),
  prefix: ({ print }) => benchPrefixReuse(print),
  gguf: ({ print }) => benchGgufReuse(print),
  stored: ({ print }) => benchStoredBytes(print),
  index: benchScale,
};
const PAGE = fileURLToPath(new URL("../docs/performance.md", import.meta.url));

const read = readOptions(process.argv.slice(2), Object.keys(SECTIONS));
if (typeof read === "string") {
  console.error(read);
  process.exit(2);
}
const { only, patience, ...options } = read;
const bench: Bench = { print: (line) => console.log(line), patience: new Patience(patience), ...options };
// so that what is to go with this process goes
process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143));
for (const name of only) {
  try {
    const written = await SECTIONS[name]?.(bench);
    bench.print("");
    if (options.write && typeof written === "string") write(name, written);
  } catch (error) {
    // the others are measured all the same
    console.error(`The section ${name} failed.`, error);
    process.exitCode = 1;
  }
}

function write(name: string, markdown: string): void {
  const place = new RegExp(`(<!-- ${name} -->\\n).*(?=<!-- end of ${name} -->)`, "su");
  const page = readFileSync(PAGE, "utf8");
  if (!place.test(page)) throw new Error(`${PAGE} has no place for ${name}.`);
  // whole at any time
  const next = `${PAGE}.next`;
  writeFileSync(
    next,
    page.replace(place, (_, mark: string) => `${mark}\n${markdown}\n\n`),
  );
  renameSync(next, PAGE);
}
