import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";
import { benchCitations } from "./citations.ts";
import { benchGgufReuse } from "./gguf-reuse.ts";
import { benchGrowth } from "./growth/growth.ts";
import { benchScale } from "./indexing/scale.ts";
import { benchLoad } from "./load/load.ts";
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

const { values } = parseArgs({
  options: {
    /** Only these sections, divided by commas. */
    only: { type: "string" },
    /** Puts the tables into docs/performance.md. */
    write: { type: "boolean", default: false },
    /** How often each contender has its turn. */
    turns: { type: "string", default: "9" },
    /** Sizes of the index that is measured, divided by commas. */
    passages: { type: "string", default: "10000,100000,1000000" },
    /** How many seconds to wait, in all, for a machine that does nothing else. */
    patience: { type: "string", default: "300" },
  },
});

const chosen = values.only?.split(",") ?? Object.keys(SECTIONS);
const unknown = chosen.filter((name) => !(name in SECTIONS));
if (unknown.length > 0) {
  throw new Error(
    `There is no section ${unknown.join(", ")}. There are ${Object.keys(SECTIONS).join(", ")}.`,
  );
}
const bench: Bench = {
  print: (line) => console.log(line),
  patience: new Patience(Number(values.patience)),
  turns: Number(values.turns),
  passages: values.passages.split(",").map(Number),
  write: values.write,
};
for (const name of chosen) {
  try {
    const written = await SECTIONS[name]?.(bench);
    bench.print("");
    if (values.write && typeof written === "string") write(name, written);
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
  writeFileSync(
    PAGE,
    page.replace(place, (_, mark: string) => `${mark}\n${markdown}\n\n`),
  );
}
