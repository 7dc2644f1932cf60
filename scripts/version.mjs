// `npm version` calls this between changing package.json and committing: it puts the version where the program says it,
// and closes the changelog's section of what was unreleased.
import { readFileSync, writeFileSync } from "node:fs";

const file = (path) => new URL(`../${path}`, import.meta.url);
const { version } = JSON.parse(readFileSync(file("package.json"), "utf8"));

function change(path, pattern, replacement) {
  const text = readFileSync(file(path), "utf8");
  if (!pattern.test(text)) throw new Error(`${path} has no ${pattern} to change.`);
  writeFileSync(file(path), text.replace(pattern, replacement));
}

change("src/version.ts", /VERSION = "[^"]*"/, `VERSION = "${version}"`);
const day = new Date().toISOString().slice(0, 10);
change("CHANGELOG.md", /^## \[Unreleased\]$/m, `## [Unreleased]\n\n## [${version}] - ${day}`);
