import { posix } from "node:path";

/** A source file: its path from the project's root, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const CONTRACTS = [
  "src/protocol/protocol.ts",
  "src/model/model.ts",
  "src/search/engine.ts",
  "src/search/pages/page-reader.ts",
];

/** What each room may import besides itself: rooms (ending in `/`) or single files. The first match of a path counts. */
const MAY_IMPORT: readonly (readonly [room: string, allowed: readonly string[]])[] = [
  ["src/errors.ts", []],
  ["src/secret.ts", []],
  ["src/settings/database.ts", []],
  ["src/net/proxy.ts", ["src/errors.ts"]],
  ["src/version.ts", []],
  ["src/protocol/", ["src/errors.ts"]],
  ["src/model/", ["src/errors.ts"]],
  ["src/search/", ["src/errors.ts"]],
  ["src/citation/", []],
  // a thread that is removed takes its searches along
  ["src/durability/", ["src/errors.ts", "src/search/journal/journal.ts"]],
  // what LangGraph gives a node (its store) can only be put before an engine there
  ["src/graph/", ["src/errors.ts", "src/citation/", ...CONTRACTS, "src/search/journal/journal.ts"]],
  ["src/settings/model.ts", ["src/secret.ts", "src/model/server-dialects.ts"]],
  ["src/settings/fields.ts", ["src/secret.ts"]],
  ["src/settings/cache-folder.ts", []],
  [
    "src/settings/search.ts",
    ["src/secret.ts", "src/settings/fields.ts", "src/search/engines/retriever-api.ts"],
  ],
  [
    "src/settings/settings.ts",
    [
      "src/errors.ts",
      "src/secret.ts",
      "src/settings/cache-folder.ts",
      "src/settings/database.ts",
      "src/settings/model.ts",
      "src/settings/search.ts",
      "src/settings/fields.ts",
      "src/net/proxy.ts",
      "src/graph/context.ts",
      "src/model/sampling.ts",
    ],
  ],
  [
    "src/assemble",
    [
      "src/errors.ts",
      "src/secret.ts",
      "src/net/proxy.ts",
      "src/settings/search.ts",
      "src/settings/settings.ts",
      "src/version.ts",
      "src/protocol/",
      "src/model/",
      "src/search/",
      "src/durability/",
      "src/graph/",
    ],
  ],
  // how an answer is shown while it streams, and where its citations stand
  [
    "src/compose/",
    [
      "src/errors.ts",
      "src/graph/",
      "src/citation/",
      "src/model/model.ts",
      "src/protocol/neutralise.ts",
      "src/search/engine.ts",
    ],
  ],
  [
    "src/server/",
    [
      "src/errors.ts",
      "src/secret.ts",
      "src/version.ts",
      "src/settings/settings.ts",
      "src/settings/model.ts",
      "src/assemble/assemble.ts",
      "src/citation/",
      "src/durability/",
      "src/compose/",
      "src/protocol/neutralise.ts",
      "src/graph/",
      "src/search/",
    ],
  ],
  ["src/cli/", ["src/"]],
  ["src/index.ts", ["src/"]],
  ["graphs/", ["src/"]],
];

const IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\()"(\.[^"]+)"/g;
const PROCESS = /\bprocess\.(?:env|argv|exit|stdin|stdout|stderr|cwd)\b/;

/** Every import that points uphill or across, and every place that reads the process where it may not. */
export function violations(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path, text: source }) => {
    const text = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    const [room, allowed] = MAY_IMPORT.find(([name]) => path.startsWith(name)) ?? [path, []];
    const uphill = [...text.matchAll(IMPORT)]
      .map(([, target = ""]) => posix.join(posix.dirname(path), target))
      .filter((target) => ![room, ...allowed].some((name) => target.startsWith(name)))
      .map((target) => `${path} imports ${target}`);
    const reads =
      /^(?:src\/cli|src\/server|graphs)\//.test(path) || !PROCESS.test(text)
        ? []
        : [`${path} reads the process`];
    return [...uphill, ...reads];
  });
}
