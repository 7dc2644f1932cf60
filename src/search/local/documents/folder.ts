import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { AgenticRagError } from "../../../errors.ts";
import type { DocumentProblem } from "./document.ts";
import { isReadable } from "./file.ts";

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
}

/**
 * Finds the files below a folder whose kind can be read. Left out without a word: names that begin with a dot,
 * `node_modules`, links to what is found anyway. Left out as problems: what cannot be listed, links out of the
 * folder, files over `maxFileBytes`.
 *
 * @throws AgenticRagError `documents-unreadable` when the folder itself cannot be listed.
 */
export async function listFolder(folder: string, maxFileBytes: number): Promise<FolderListing> {
  const files: ListedFile[] = [];
  const problems: DocumentProblem[] = [];
  const links: string[] = [];
  const root = await readRoot(folder);

  async function addFile(path: string): Promise<void> {
    const { size, mtimeMs } = await stat(join(root, path));
    if (size <= maxFileBytes) files.push({ path, size, modified: mtimeMs });
    else problems.push({ path, reason: `it has ${size} bytes, more than the ${maxFileBytes} that are read` });
  }
  async function walk(path: string): Promise<void> {
    for (const entry of await readdir(join(root, path), { withFileTypes: true })) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      await attempt(path === "" ? entry.name : `${path}/${entry.name}`, entry);
    }
  }
  async function attempt(path: string, entry: Dirent): Promise<void> {
    try {
      if (entry.isDirectory()) await walk(path);
      else if (entry.isSymbolicLink()) links.push(path);
      else if (entry.isFile() && isReadable(path)) await addFile(path);
    } catch (error) {
      problems.push({ path, reason: `it cannot be read (${describe(error)})` });
    }
  }
  async function follow(path: string, found: ReadonlySet<string>): Promise<void> {
    try {
      const target = await realpath(join(root, path));
      const isFolder = (await stat(target)).isDirectory();
      if (!isFolder && !isReadable(path)) return;
      const inside = relative(root, target);
      if (isAbsolute(inside) || inside.split(sep)[0] === "..") {
        problems.push({ path, reason: "it is a link out of the folder" });
      } else if (!isFolder && !found.has(inside.replaceAll(sep, "/"))) await addFile(path);
    } catch (error) {
      problems.push({ path, reason: `it is a link that leads nowhere (${describe(error)})` });
    }
  }

  await walk("");
  const found = new Set(files.map((file) => file.path));
  for (const link of links) await follow(link, found);
  return { files: files.sort(byPath), problems: problems.sort(byPath) };
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

function describe(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : String(error);
}
