import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { fromMarkdown } from "mdast-util-from-markdown";
import { toString } from "mdast-util-to-string";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import * as library from "../src/index.ts";
import { COMMANDS, OPTIONS } from "../src/cli/arguments/options.ts";
import { SETTINGS } from "../src/settings/settings.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(`${ROOT}docs`)
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  "examples/README.md",
  "examples/training/README.md",
];

interface MarkdownNode {
  readonly type: string;
  readonly url?: string;
  readonly value?: string;
  readonly children?: readonly MarkdownNode[];
}

interface Known {
  /** The page's text, by its path from the project's root; nothing for a page that is not there. */
  readonly read: (path: string) => string | undefined;
  readonly exists: (path: string) => boolean;
  readonly scripts: readonly string[];
  /** All source text, for variables that only the server reads. */
  readonly source: string;
}

function nodesOf(markdown: string): readonly MarkdownNode[] {
  const all = (node: MarkdownNode): readonly MarkdownNode[] => [node, ...(node.children ?? []).flatMap(all)];
  return all(fromMarkdown(markdown));
}

/** The anchors that GitHub gives to a page's headings. */
function anchorsOf(markdown: string): readonly string[] {
  return nodesOf(markdown)
    .filter(({ type }) => type === "heading")
    .map((heading) =>
      toString(heading)
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    );
}

function brokenLinks(page: string, markdown: string, known: Known): readonly string[] {
  return nodesOf(markdown)
    .flatMap(({ url }) => (url === undefined || /^[a-z]+:/.test(url) ? [] : [url]))
    .filter((url) => {
      const [path = "", anchor] = url.split("#");
      const target = path === "" ? page : posix.join(posix.dirname(page), path);
      if (!known.exists(target)) return true;
      return anchor !== undefined && !anchorsOf(known.read(target) ?? "").includes(anchor);
    })
    .map((url) => `${page} links ${url}`);
}

const FLAGS = new Set(
  OPTIONS.flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]),
);

function unknownWords(page: string, markdown: string, known: Known): readonly string[] {
  const code = nodesOf(markdown)
    .flatMap(({ type, value }) =>
      (type === "code" || type === "inlineCode") && value !== undefined ? [value] : [],
    )
    .flatMap((value) => value.split("\n"))
    .map((line) => line.replace(/\s#\s.*$/, ""));
  const found: string[] = [];
  for (const line of code) {
    const [, script] = /\bnpm run ([\w:-]+)/.exec(line) ?? [];
    if (script !== undefined && !known.scripts.includes(script)) found.push(`the script ${script}`);
    const [, rest = ""] =
      /(?:^|[\s;|(])(?:npx )?(?:langgraph-)?agentic-rag(?= )(.*)$/.exec(line) ??
      /\bnpm start --(?= )(.*)$/.exec(line) ??
      [];
    const [command] = /^ ([a-z][a-z-]*)(?=\s|$)/.exec(rest)?.slice(1) ?? [];
    if (command !== undefined && !COMMANDS.some((name) => name === command))
      found.push(`the command ${command}`);
    for (const [, flag = ""] of rest.replaceAll(/"[^"]*"/g, "").matchAll(/\s(--?[a-z][a-z-]*)/g)) {
      if (!FLAGS.has(flag)) found.push(`the option ${flag}`);
    }
    for (const [name] of line.matchAll(/\b(?:AGENTIC_RAG|[A-Z]+)(?:_[A-Z0-9]+)*_(?:[A-Z0-9]+)\b/g)) {
      const ours = name.startsWith("AGENTIC_RAG_") || /_(?:API_KEY|BASE_URL)$/.test(name);
      if (
        ours &&
        !SETTINGS.some((setting) => setting.name === name) &&
        !new RegExp(`\\b${name}\\b`).test(known.source)
      ) {
        found.push(`the setting ${name}`);
      }
    }
    for (const [, suffix = ""] of line.matchAll(/^…(_[A-Z_]+)$/g)) {
      if (!SETTINGS.some((setting) => setting.name.endsWith(suffix))) found.push(`a setting …${suffix}`);
    }
    for (const [path] of line.matchAll(
      /(?<![\w/.~@<-])(?:src|test|graphs|bench|scripts|examples|docs)\/[\w./-]*\w/g,
    )) {
      if (!known.exists(path)) found.push(`the path ${path}`);
    }
  }
  return found.map((what) => `${page} names ${what}, which is not there`);
}

function unknownImports(page: string, markdown: string): readonly string[] {
  return nodesOf(markdown)
    .flatMap(({ value }) => [...(value ?? "").matchAll(/import \{([^}]*)\} from "langgraph-agentic-rag"/g)])
    .flatMap(([, names = ""]) => names.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "" && !Object.hasOwn(library, name))
    .map((name) => `${page} imports ${name}, which is not exported`);
}

const manifest = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")));
const here: Known = {
  read: (path) => readFileSync(ROOT + path, "utf8"),
  exists: (path) => existsSync(ROOT + path),
  scripts: Object.keys(manifest.scripts),
  source: [
    ...readdirSync(`${ROOT}src`, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => `src/${path}`),
    "compose.yaml",
  ]
    .map((path) => readFileSync(ROOT + path, "utf8"))
    .join("\n"),
};

test.each(PAGES)("%s: every link, command, option, setting, path and import is there", (page) => {
  const markdown = readFileSync(ROOT + page, "utf8");
  expect([
    ...brokenLinks(page, markdown, here),
    ...unknownWords(page, markdown, here),
    ...unknownImports(page, markdown),
  ]).toEqual([]);
});

test("README is a first screen: at most 220 lines and 12 kB", () => {
  const readme = readFileSync(`${ROOT}README.md`, "utf8");
  expect(readme.split("\n").length).toBeLessThanOrEqual(221);
  expect(Buffer.byteLength(readme)).toBeLessThanOrEqual(12_288);
});

test("AGENTS.md is a map of every room of src, in at most 100 lines", () => {
  const map = readFileSync(`${ROOT}AGENTS.md`, "utf8");
  expect(map.split("\n").length).toBeLessThanOrEqual(101);
  const tree = /^## Tree\n([\s\S]*?)^## /m.exec(map)?.[1] ?? "";
  const rooms = readdirSync(`${ROOT}src`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(rooms.length).toBeGreaterThan(30);
  expect(rooms.filter((name) => !new RegExp(`(?:^|\\s)${name}/`, "m").test(tree))).toEqual([]);
});

describe("what is not there is found", () => {
  const planted: readonly [markdown: string, found: string][] = [
    ["[a](nowhere.md)", "docs/page.md links nowhere.md"],
    ["[a](#no-such-part)", "docs/page.md links #no-such-part"],
    ["[a](../README.md#no-such-part)", "docs/page.md links ../README.md#no-such-part"],
    ["`npm run fly`", "docs/page.md names the script fly, which is not there"],
    ["`agentic-rag fly`", "docs/page.md names the command fly, which is not there"],
    ["```sh\nnpm start -- fly high\n```", "docs/page.md names the command fly, which is not there"],
    ['`agentic-rag ask --fly "--why"`', "docs/page.md names the option --fly, which is not there"],
    ["`AGENTIC_RAG_WINGS`", "docs/page.md names the setting AGENTIC_RAG_WINGS, which is not there"],
    ["`…_WINGS`", "docs/page.md names a setting …_WINGS, which is not there"],
    ["`src/wings.ts`", "docs/page.md names the path src/wings.ts, which is not there"],
    [
      '```ts\nimport { createWings } from "langgraph-agentic-rag";\n```',
      "docs/page.md imports createWings, which is not exported",
    ],
  ];
  test.each(planted)("%s", (markdown, found) => {
    const known: Known = {
      ...here,
      read: (path) => (path === "docs/page.md" ? markdown : here.read(path)),
      exists: (path) => path === "docs/page.md" || here.exists(path),
    };
    expect([
      ...brokenLinks("docs/page.md", markdown, known),
      ...unknownWords("docs/page.md", markdown, known),
      ...unknownImports("docs/page.md", markdown),
    ]).toEqual([found]);
  });
});
