import { posix } from "node:path";

/** A source file: its path from the project's root, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const FLOOR = ["src/errors.ts", "src/secret.ts", "src/version.ts"];

const CONTRACTS = [
  "src/protocol/protocol.ts",
  // which form of a call the prompt asks for: data
  "src/protocol/dialects/asked-dialect.ts",
  "src/model/model.ts",
  "src/model/generate-text.ts",
  "src/search/engine.ts",
  "src/search/pages/page-reader.ts",
];

const MODEL_FLOOR = [
  "src/errors.ts",
  "src/turn.ts",
  "src/net/",
  "src/text/",
  "src/model/model.ts",
  "src/model/sampling.ts",
];

/** The rooms of models in the order of their arrows: each may import those before it. */
const MODEL_ROOMS = [
  "src/model/exchange/",
  "src/model/template/",
  "src/model/server/",
  "src/model/completions/",
  "src/model/chat-prefix/",
  "src/model/langchain/",
  "src/model/native-tools/",
  "src/model/probe/",
];

/** What each room may import besides itself: rooms (ending in `/`) or single files. The first match of a path counts. */
const MAY_IMPORT: readonly (readonly [room: string, allowed: readonly string[]])[] = [
  ["src/errors.ts", []],
  ["src/secret.ts", []],
  ["src/version.ts", []],
  ["src/turn.ts", []],
  ["src/text/", []],
  ["src/net/", ["src/errors.ts"]],
  ["src/sqlite/", ["src/errors.ts", "src/net/"]],
  ["src/postgres/", ["src/errors.ts", "src/net/"]],
  ["src/protocol/", ["src/errors.ts", "src/turn.ts", "src/text/"]],
  ...MODEL_ROOMS.map((room, at) => [room, [...MODEL_FLOOR, ...MODEL_ROOMS.slice(0, at)]] as const),
  ["src/model/", ["src/errors.ts", "src/turn.ts", "src/net/", "src/text/"]],
  ["src/search/", ["src/errors.ts", "src/net/", "src/sqlite/", "src/postgres/", "src/text/"]],
  ["src/citation/", ["src/text/"]],
  ["src/trajectory/", ["src/turn.ts", "src/text/"]],
  ["src/eval/", ["src/text/", "src/trajectory/trajectory.ts"]],
  // a thread that is removed takes its searches along
  ["src/durability/", ["src/errors.ts", "src/net/", "src/sqlite/", "src/postgres/", "src/search/journal/"]],
  // what LangGraph gives a node (its store) can only be put before an engine there
  [
    "src/graph/",
    [
      "src/errors.ts",
      "src/turn.ts",
      "src/citation/",
      "src/net/deadline.ts",
      "src/net/wait.ts",
      "src/net/written-keys.ts",
      "src/text/blank.ts",
      ...CONTRACTS,
      "src/search/journal/",
      "src/text/verdict.ts",
      "src/text/shown-reasoning.ts",
    ],
  ],
  [
    "src/settings/",
    [
      ...FLOOR,
      "src/net/",
      "src/postgres/address.ts",
      "src/graph/context.ts",
      "src/model/sampling.ts",
      "src/model/server/dialects.ts",
      "src/model/server/reasoning.ts",
      "src/search/engines/retriever-api.ts",
    ],
  ],
  [
    "src/assemble/",
    [
      ...FLOOR,
      "src/turn.ts",
      "src/net/",
      "src/text/",
      "src/settings/",
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
      "src/net/deadline.ts",
      "src/model/model.ts",
      "src/model/generate-text.ts",
      "src/protocol/neutralise.ts",
      "src/text/control-tokens.ts",
      "src/text/shown-reasoning.ts",
      "src/search/engine.ts",
    ],
  ],
  // what the command line and the server both say of a run
  ["src/view/", ["src/graph/"]],
  // runs in browsers, too: of the graph and the protocols it knows types alone
  [
    "src/page/",
    [
      "src/citation/",
      "src/graph/events.ts",
      "src/protocol/protocol.ts",
      "src/text/",
      "src/trajectory/",
      "src/view/amounts.ts",
      "src/view/markdown.ts",
    ],
  ],
  [
    "src/server/",
    [
      ...FLOOR,
      "src/settings/",
      "src/assemble/",
      "src/citation/",
      "src/durability/",
      "src/compose/",
      "src/protocol/neutralise.ts",
      "src/text/control-tokens.ts",
      "src/graph/",
      "src/search/",
      "src/view/",
    ],
  ],
  ["src/cli/", ["src/"]],
  ["src/index.ts", ["src/"]],
  ["graphs/", ["src/"]],
];

/** The rooms of the command line, from the ground up: none imports one above it. */
const CLI_FLOORS = [
  /^src\/cli\/terminal\//,
  /^src\/cli\/arguments\//,
  /^src\/cli\/view\//,
  /^src\/cli\/(?!main|program)[\w-]+\.ts$/,
  /^src\/cli\/data\//,
  /^src\/cli\/doctor\//,
  /^src\/cli\/setup\//,
  /^src\/cli\/(?:commands\/|program\.ts|main\.ts)/,
];

function cliFloor(path: string): number {
  return CLI_FLOORS.findIndex((floor) => floor.test(path));
}

const IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\()"(\.[^"]+)"/g;
const PROCESS = /\bprocess\.(?:env|argv|exit|exitCode|stdin|stdout|stderr|cwd)\b|\bfrom "(?:node:)?process"/;
const MAY_READ_THE_PROCESS = /^(?:src\/cli|graphs)\//;

/** The most files that a folder holds itself, and the most lines of a file. */
export const MOST_FILES = 20;
export const MOST_LINES = 300;

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
}

function importsOf({ path, text }: SourceFile): readonly string[] {
  return [...withoutComments(text).matchAll(IMPORT)].map(([, target = ""]) =>
    posix.join(posix.dirname(path), target),
  );
}

/** Every import that points uphill or across, and every place that reads the process where it may not. */
export function violations(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => {
    const { path } = file;
    const [room, allowed] = MAY_IMPORT.find(([name]) => path.startsWith(name)) ?? [path, []];
    const uphill = importsOf(file)
      .filter(
        (target) =>
          ![room, ...allowed].some((name) => target.startsWith(name)) ||
          (room === "src/cli/" && cliFloor(target) > cliFloor(path)),
      )
      .map((target) => `${path} imports ${target}`);
    const reads =
      MAY_READ_THE_PROCESS.test(path) || !PROCESS.test(withoutComments(file.text))
        ? []
        : [`${path} reads the process`];
    return [...uphill, ...reads];
  });
}

/** The groups of files that import one another in a circle (type imports count), each sorted by path. */
export function circles(files: readonly SourceFile[]): readonly (readonly string[])[] {
  const imports = new Map(files.map((file) => [file.path, importsOf(file)]));
  const reached = (start: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const open = [...(imports.get(start) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(imports.get(next) ?? []));
    }
    return seen;
  };
  const reach = new Map([...imports.keys()].map((path) => [path, reached(path)]));
  const groups = new Map<string, readonly string[]>();
  for (const [path, targets] of reach) {
    if (!targets.has(path)) continue;
    const group = [...targets].filter((other) => reach.get(other)?.has(path)).sort();
    groups.set(group.join(), group);
  }
  return [...groups.values()];
}

/** How many files each folder holds itself, sub-folders apart. */
export function folderSizes(files: readonly SourceFile[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { path } of files) {
    const folder = posix.dirname(path);
    sizes.set(folder, (sizes.get(folder) ?? 0) + 1);
  }
  return sizes;
}

/** How many lines a file has. */
export function lineCount({ text }: SourceFile): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

/** Every folder that has become a hall, and every file that has become long. */
export function overgrown(files: readonly SourceFile[]): readonly string[] {
  const folders = [...folderSizes(files)]
    .filter(([, count]) => count > MOST_FILES)
    .map(([folder, count]) => `${folder} holds ${String(count)} files`);
  const long = files
    .filter((file) => lineCount(file) > MOST_LINES)
    .map((file) => `${file.path} has ${String(lineCount(file))} lines`);
  return [...folders, ...long];
}
