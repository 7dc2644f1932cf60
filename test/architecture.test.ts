import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  circles,
  folderSizes,
  lineCount,
  MOST_FILES,
  MOST_LINES,
  overgrown,
  violations,
  type SourceFile,
} from "./architecture.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

function sourcesIn(folder: string): readonly SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        /\.tsx?$/.test(entry.name) &&
        !/[\\/]node_modules(?:[\\/]|$)/.test(entry.parentPath),
    )
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return { path: relative(ROOT, file).replaceAll("\\", "/"), text: readFileSync(file, "utf8") };
    });
}

function importing(name: string, target: string): SourceFile {
  return { path: `src/net/${name}.ts`, text: `import type { A } from "./${target}.ts";` };
}

const SOURCES = [...sourcesIn("src"), ...sourcesIn("graphs")];
const ALL = [...SOURCES, ...sourcesIn("test"), ...sourcesIn("bench"), ...sourcesIn("examples")];

test("imports point one way, and only the doors read the process", () => {
  expect(SOURCES.length).toBeGreaterThan(50);
  expect(violations(SOURCES)).toEqual([]);
});

test("no circle, no hall, no long file", () => {
  const [largest = ["", 0]] = [...folderSizes(ALL)].sort(([, a], [, b]) => b - a);
  const lines = (room: string): number =>
    ALL.filter(({ path }) => path.startsWith(room)).reduce((sum, file) => sum + lineCount(file), 0);
  // oxlint-disable-next-line no-console -- the figures are what a person looks for here
  console.log(
    [
      `circles: ${String(circles(SOURCES).length)}`,
      `largest folder: ${largest[0]} with ${String(largest[1])} files`,
      `files on the floor of src: ${String(folderSizes(SOURCES).get("src"))}`,
      `files over ${String(MOST_LINES)} lines: ${String(ALL.filter((file) => lineCount(file) > MOST_LINES).length)}`,
      `lines of src: ${String(lines("src/"))}, of test: ${String(lines("test/"))}`,
    ].join("\n"),
  );
  expect(circles(SOURCES)).toEqual([]);
  expect(overgrown(ALL)).toEqual([]);
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
      'import { a } from "../protocol/qwq/qwq.ts";',
      "src/model/x.ts imports src/protocol/qwq/qwq.ts",
    ],
    [
      "src/search/a/x.ts",
      'export * from "../../graph/state.ts";',
      "src/search/a/x.ts imports src/graph/state.ts",
    ],
    [
      "src/graph/x.ts",
      'import { q } from "../protocol/qwq/qwq.ts";',
      "src/graph/x.ts imports src/protocol/qwq/qwq.ts",
    ],
    [
      "src/model/langchain/x.ts",
      'import { a } from "../native-tools/replay.ts";',
      "src/model/langchain/x.ts imports src/model/native-tools/replay.ts",
    ],
    ["src/net/x.ts", 'import "../model/model.ts";', "src/net/x.ts imports src/model/model.ts"],
    [
      "src/graph/x.ts",
      'await import("../assemble/assemble.ts");',
      "src/graph/x.ts imports src/assemble/assemble.ts",
    ],
    [
      "src/compose/x.ts",
      'import "../assemble/assemble.ts";',
      "src/compose/x.ts imports src/assemble/assemble.ts",
    ],
    ["src/view/x.ts", 'import "../cli/run.ts";', "src/view/x.ts imports src/cli/run.ts"],
    ["src/cli/view/x.ts", 'import type { A } from "../run.ts";', "src/cli/view/x.ts imports src/cli/run.ts"],
    ["src/cli/x.ts", 'await import("./commands/ask.ts");', "src/cli/x.ts imports src/cli/commands/ask.ts"],
    [
      "src/trajectory/x.ts",
      'import { State } from "../graph/state.ts";',
      "src/trajectory/x.ts imports src/graph/state.ts",
    ],
    [
      "src/page/x.tsx",
      'import { a } from "../view/event-text.ts";',
      "src/page/x.tsx imports src/view/event-text.ts",
    ],
    ["src/citation/x.ts", 'import "../errors.ts";', "src/citation/x.ts imports src/errors.ts"],
    ["src/errors.ts", 'import { a } from "./graph/state.ts";', "src/errors.ts imports src/graph/state.ts"],
    ["src/assemble/x.ts", 'import { a } from "../cli/main.ts";', "src/assemble/x.ts imports src/cli/main.ts"],
    ["src/search/x.ts", "const key = process.env.KEY;", "src/search/x.ts reads the process"],
    ["src/server/x.ts", 'import { env } from "node:process";', "src/server/x.ts reads the process"],
    ["src/model/x.ts", 'import { env } from "node:process";', "src/model/x.ts reads the process"],
  ];
  test.each(planted)("%s: %s", (path, text, found) => {
    expect(violations([{ path, text }])).toEqual([found]);
  });

  test("a circle of three, beside files that only point at it", () => {
    expect(
      circles([importing("a", "b"), importing("b", "c"), importing("c", "a"), importing("d", "a")]),
    ).toEqual([["src/net/a.ts", "src/net/b.ts", "src/net/c.ts"]]);
  });

  test("a hall and a long file", () => {
    const files = Array.from({ length: MOST_FILES + 1 }, (_, index) => ({
      path: `src/net/${String(index)}.ts`,
      text: "",
    }));
    const long = { path: "src/a/long.ts", text: "\n".repeat(MOST_LINES + 1) };
    expect(overgrown([...files, long])).toEqual(["src/net holds 21 files", "src/a/long.ts has 301 lines"]);
  });
});
