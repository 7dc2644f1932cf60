import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { violations, type SourceFile } from "./architecture.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

function sourcesIn(folder: string): readonly SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return { path: relative(ROOT, file), text: readFileSync(file, "utf8") };
    });
}

test("imports point one way, and only the doors read the process", () => {
  const files = [...sourcesIn("src"), ...sourcesIn("graphs")];
  expect(files.length).toBeGreaterThan(50);
  expect(violations(files)).toEqual([]);
});

describe("a planted violation is found", () => {
  const planted: readonly [path: string, text: string, found: string][] = [
    [
      "src/protocol/x.ts",
      'import { a } from "../model/model.ts";',
      "src/protocol/x.ts imports src/model/model.ts",
    ],
    [
      "src/model/x.ts",
      'import { a } from "../protocol/qwq.ts";',
      "src/model/x.ts imports src/protocol/qwq/qwq.ts",
    ],
    [
      "src/search/a/x.ts",
      'export * from "../../graph/state.ts";',
      "src/search/a/x.ts imports src/graph/state.ts",
    ],
    [
      "src/graph/x.ts",
      'import { q } from "../protocol/qwq.ts";',
      "src/graph/x.ts imports src/protocol/qwq/qwq.ts",
    ],
    ["src/graph/x.ts", 'await import("../assemble.ts");', "src/graph/x.ts imports src/assemble/assemble.ts"],
    ["src/compose/x.ts", 'import "../assemble.ts";', "src/compose/x.ts imports src/assemble/assemble.ts"],
    ["src/citation/x.ts", 'import "../errors.ts";', "src/citation/x.ts imports src/errors.ts"],
    ["src/errors.ts", 'import { a } from "./graph/state.ts";', "src/errors.ts imports src/graph/state.ts"],
    [
      "src/assemble/assemble.ts",
      'import { a } from "./cli/main.ts";',
      "src/assemble/assemble.ts imports src/cli/main.ts",
    ],
    ["src/search/x.ts", "const key = process.env.KEY;", "src/search/x.ts reads the process"],
  ];
  test.each(planted)("%s: %s", (path, text, found) => {
    expect(violations([{ path, text }])).toEqual([found]);
  });
});
