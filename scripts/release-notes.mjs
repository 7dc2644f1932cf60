// Prints the changelog's section of one version:   node scripts/release-notes.mjs 0.1.0
import { readFileSync } from "node:fs";

const [version = ""] = process.argv.slice(2);
const changelog = readFileSync(new URL("../CHANGELOG.md", import.meta.url), "utf8");
const section = changelog.split(/^## /m).find((text) => text.startsWith(`[${version}]`));
if (section === undefined) {
  console.error(`CHANGELOG.md has no section [${version}]. npm version makes it.`);
  process.exitCode = 1;
} else {
  console.log(section.slice(section.indexOf("\n")).trim());
}
