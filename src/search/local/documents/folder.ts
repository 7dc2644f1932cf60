import type { Dirent, Stats } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import type { Ignore } from "ignore";
import { AgenticRagError } from "../../../errors.ts";
import type { DocumentProblem, LeftOut } from "./document.ts";
import { endingOf, isReadable } from "./file.ts";

export interface ListedFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly size: number;
  /** Last modification in milliseconds since 1970. */
  readonly modified: number;
}

export interface FolderListing {
  /** In the order of their paths. */
  readonly files: readonly ListedFile[];
  readonly problems: readonly DocumentProblem[];
  /** What is not read because of its kind or because somebody said so, the most frequent first. */
  readonly leftOut: readonly LeftOut[];
}

export interface ListingOptions {
  /** Larger files are problems. In bytes. */
  readonly maxFileBytes: number;
  /** Patterns as in a `.gitignore`, of what is not wanted. */
  readonly exclude?: readonly string[] | undefined;
}

/** No database looks up any length. */
const MOST_PATH_BYTES = 2_000;

/** Patterns that hold below a folder. */
interface Patterns {
  readonly folder: string;
  readonly matcher: Ignore;
}

/**
 * Finds the files below a folder whose kind can be read. Left out without a word: names that begin with a dot,
 * `node_modules`, links to what is found anyway. Left out and counted: other kinds, what a `.gitignore` or `exclude`
 * names. Left out as problems: what cannot be listed, links out of the folder, pipes and devices, files over
 * `maxFileBytes`.
 *
 * @throws AgenticRagError `documents-unreadable` when the folder itself cannot be listed.
 */
export async function listFolder(
  folder: string,
  { maxFileBytes, exclude = [] }: ListingOptions,
): Promise<FolderListing> {
  const files: ListedFile[] = [];
  const problems: DocumentProblem[] = [];
  const links: string[] = [];
  const leftOut = new Map<string, number>();
  const root = await readRoot(folder);

  function leave(kind: string): void {
    leftOut.set(kind, (leftOut.get(kind) ?? 0) + 1);
  }
  function addFile(path: string, found: Stats): void {
    if (!found.isFile()) problems.push({ path, reason: "it is a pipe, a socket or a device" });
    else if (!isReadable(path)) leave(endingOf(path) || "without an ending");
    else if (Buffer.byteLength(path) > MOST_PATH_BYTES)
      problems.push({ path, reason: `its path is longer than ${MOST_PATH_BYTES} bytes` });
    else if (found.size <= maxFileBytes) files.push({ path, size: found.size, modified: found.mtimeMs });
    else
      problems.push({
        path,
        reason: `it has ${found.size} bytes, more than the ${maxFileBytes} that are read`,
      });
  }
  async function walk(path: string, inherited: readonly Patterns[]): Promise<void> {
    const entries = await readdir(join(root, path), { withFileTypes: true });
    const patterns = entries.some(({ name }) => name === ".gitignore")
      ? [...inherited, await readGitignore(path)]
      : inherited;
    for (const entry of entries) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      await attempt(path === "" ? entry.name : `${path}/${entry.name}`, entry, patterns);
    }
  }
  async function readGitignore(path: string): Promise<Patterns> {
    const file = join(root, path, ".gitignore");
    const lines = await readFile(file, "utf8").catch((error: unknown) => {
      problems.push({ path: path === "" ? ".gitignore" : `${path}/.gitignore`, reason: unreadable(error) });
      return "";
    });
    return { folder: path, matcher: await createMatcher(lines) };
  }
  async function attempt(path: string, entry: Dirent, patterns: readonly Patterns[]): Promise<void> {
    try {
      const by = whoLeavesOut(path, entry.isDirectory(), patterns);
      if (by !== undefined) leave(by);
      else if (entry.isDirectory()) await walk(path, patterns);
      else if (entry.isSymbolicLink()) links.push(path);
      else addFile(path, await stat(join(root, path)));
    } catch (error) {
      problems.push({ path, reason: unreadable(error) });
    }
  }
  async function follow(path: string, found: ReadonlySet<string>): Promise<void> {
    try {
      const target = await realpath(join(root, path));
      const facts = await stat(target);
      if (facts.isFile() && !isReadable(path)) return;
      const inside = relative(root, target);
      if (isAbsolute(inside) || inside.split(sep)[0] === "..") {
        problems.push({ path, reason: "it is a link out of the folder" });
      } else if (!facts.isDirectory() && !found.has(inside.replaceAll(sep, "/"))) addFile(path, facts);
    } catch (error) {
      problems.push({ path, reason: `it is a link that leads nowhere (${describe(error)})` });
    }
  }

  await walk(
    "",
    exclude.length === 0 ? [] : [{ folder: EXCLUDED, matcher: await createMatcher(exclude.join("\n")) }],
  );
  const found = new Set(files.map((file) => file.path));
  for (const link of links) await follow(link, found);
  const counted = [...leftOut].map(([kind, count]) => ({ kind, files: count }));
  return {
    files: files.sort(byPath),
    problems: problems.sort(byPath),
    leftOut: counted.sort((a, b) => b.files - a.files || (a.kind < b.kind ? -1 : 1)),
  };
}

/** Stands for the folder of patterns that were given with the call. */
const EXCLUDED = "\0";

async function createMatcher(lines: string): Promise<Ignore> {
  const { default: ignore } = await import("ignore");
  return ignore({ allowRelativePaths: true }).add(lines);
}

/** What kind of patterns a path matches; the deepest `.gitignore` that says something about it counts. */
function whoLeavesOut(path: string, isFolder: boolean, patterns: readonly Patterns[]): string | undefined {
  for (const { folder, matcher } of patterns.toReversed()) {
    const isExclude = folder === EXCLUDED;
    const below = isExclude || folder === "" ? path : path.slice(folder.length + 1);
    const { ignored, unignored } = matcher.test(isFolder ? `${below}/` : below);
    if (ignored) return isExclude ? "excluded" : "in .gitignore";
    if (unignored && !isExclude) {
      const excluded = patterns.find((one) => one.folder === EXCLUDED);
      return excluded?.matcher.ignores(isFolder ? `${path}/` : path) === true ? "excluded" : undefined;
    }
  }
  return undefined;
}

async function readRoot(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    await readdir(root);
    return root;
  } catch (error) {
    throw new AgenticRagError(
      "documents-unreadable",
      `The folder of documents ${folder} cannot be read (${describe(error)}). Name an existing folder.`,
      { cause: error },
    );
  }
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : Number(a.path > b.path);
}

function unreadable(error: unknown): string {
  return `it cannot be read (${describe(error)})`;
}

function describe(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : String(error);
}
