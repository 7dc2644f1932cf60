import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { basename, resolve } from "node:path";
import { z } from "zod";
import { AgenticRagError } from "../../../errors.ts";
import type { PostgresConnection, Query } from "../../../postgres/connection.ts";
import { quoted } from "../../../text/quoted.ts";
import { type FolderListing, listFolder } from "../documents/folder.ts";
import type { SeenFolder } from "./index-reader.ts";

/** What a folder holds, in a few hashes: how alike two are can be told from the smallest of both. */
interface Sample {
  /** Of paths. */
  readonly names: readonly string[];
  /** Of paths with sizes. */
  readonly sizes: readonly string[];
}

const rootRows = z.array(
  z.object({
    id: z.number(),
    folder: z.number(),
    machine: z.string(),
    path: z.string(),
    names: z.array(z.string()),
    sizes: z.array(z.string()),
  }),
);
type Root = z.infer<typeof rootRows>[number];
const idRow = z.object({ id: z.number() });

/** From so many hashes on a sample stands for the whole: 256 tell a half within 6 percent. */
const MOST_HASHES = 256;
/** Containers come and go: no more roots of a folder are remembered. */
const MOST_ROOTS = 16;

/**
 * The folder of the database that is a folder of this machine: one that was built from here, else one that was built
 * from the same path and has mostly the same names of files, or from a path that ends alike and has mostly the same
 * files. Undefined where there is none.
 *
 * @param listing undefined where it is not on this machine: then its path decides, and its name where only one has it
 */
async function findFolder(
  query: Query,
  path: string,
  listing: FolderListing | undefined,
): Promise<SeenFolder | undefined> {
  const roots = await readRoots(query);
  const own = roots.find((root) => root.machine === hostname() && root.path === path);
  if (own !== undefined) return seenFrom(own, path);
  const samePath = roots.filter((root) => root.path === path);
  const sameName = roots.filter((root) => basename(root.path) === basename(path));
  if (listing === undefined) {
    const [found = sameName[0]] = samePath;
    const isOnly = new Set(sameName.map(({ folder }) => folder)).size === 1;
    return found !== undefined && (samePath.length > 0 || isOnly) ? seenFrom(found, found.path) : undefined;
  }
  const sample = sampleOf(listing);
  const found =
    samePath.find((root) => areAlike(root.names, sample.names)) ??
    sameName.find((root) => areAlike(root.sizes, sample.sizes));
  return found === undefined ? undefined : seenFrom(found, path);
}

/**
 * The folders that are named; all that there are where none is. Empty where none of them is there.
 *
 * @throws AgenticRagError `index-unusable` where only some are there
 */
export async function foldersOf(
  { query, place }: PostgresConnection,
  named: readonly string[],
): Promise<readonly SeenFolder[]> {
  if (named.length === 0) return allFolders(query);
  const found: SeenFolder[] = [];
  const missing: string[] = [];
  for (const folder of named) {
    const path = resolve(folder);
    // the kinds and sizes that are read do not matter: most of what is there decides
    const listing = await listFolder(path, { maxFileBytes: Infinity }).catch(() => undefined);
    const one = await findFolder(query, path, listing);
    if (one === undefined) missing.push(path);
    else found.push(one);
  }
  if (found.length === 0 || missing.length === 0) return found;
  throw new AgenticRagError(
    "index-unusable",
    `The database ${place} has no index of ${missing.join(", ")}. Build it: agentic-rag index ${missing.map(quoted).join(" ")}`,
  );
}

/** Every folder, as it was built last. */
export async function allFolders(query: Query): Promise<readonly SeenFolder[]> {
  const folders = new Map<number, SeenFolder>();
  for (const root of await readRoots(query)) {
    const isOurs = root.machine === hostname();
    const before = folders.get(root.folder);
    if (before === undefined || (isOurs && !before.isOurs))
      folders.set(root.folder, seenFrom(root, root.path));
  }
  return [...folders.values()].sort((a, b) => a.id - b.id);
}

/** The folder and its root on this machine, made where there is none. To be called in a transaction. */
export async function findOrMakeFolder(
  query: Query,
  path: string,
  listing: FolderListing,
): Promise<SeenFolder> {
  await query("select pg_advisory_xact_lock(hashtextextended('agentic-rag folders', 0))");
  const found = await findFolder(query, path, listing);
  const sample = sampleOf(listing);
  const folder =
    found?.id ??
    idRow.parse(
      (await query("insert into $schema.folders (name) values ($1) returning id", [basename(path)]))[0],
    ).id;
  const [row] = await query(
    `insert into $schema.roots as r (folder, machine, path, names, sizes) values ($1, $2, $3, $4, $5)
     on conflict (machine, path) do update
       set names = excluded.names, sizes = excluded.sizes, built = clock_timestamp()
     returning id`,
    [folder, hostname(), path, sample.names, sample.sizes],
  );
  await query(
    `with old as (
       delete from $schema.roots where id in (
         select id from $schema.roots where folder = $1 order by built desc offset ${MOST_ROOTS}
       ) returning id
     ) delete from $schema.seen where root in (select id from old)`,
    [folder],
  );
  return { id: folder, root: idRow.parse(row).id, isOurs: true, path };
}

/** The documents of the database that are no files: one collection, of no machine. To be called in a transaction. */
export async function findOrMakeCollection(query: Query): Promise<SeenFolder> {
  await query("select pg_advisory_xact_lock(hashtextextended('agentic-rag folders', 0))");
  const found = (await readRoots(query)).find(isCollection);
  if (found !== undefined) return seenFrom(found, found.path);
  const [made] = await query("insert into $schema.folders (name) values ('') returning id");
  const folder = idRow.parse(made).id;
  const [root] = await query(
    "insert into $schema.roots (folder, machine, path, finished, names, sizes) values ($1, '', '', true, '{}', '{}') returning id",
    [folder],
  );
  return { id: folder, root: idRow.parse(root).id, isOurs: true, path: undefined };
}

function isCollection({ machine, path }: Root): boolean {
  return machine === "" && path === "";
}

async function readRoots(query: Query): Promise<readonly Root[]> {
  return rootRows.parse(
    await query("select id, folder, machine, path, names, sizes from $schema.roots order by built desc"),
  );
}

function seenFrom(root: Root, here: string): SeenFolder {
  const { id, folder, machine, path } = root;
  const isOurs = machine === hostname() && path === here;
  return { id: folder, root: id, isOurs, path: isCollection(root) ? undefined : here };
}

function sampleOf({ files }: FolderListing): Sample {
  return {
    names: smallest(files.map(({ path }) => path)),
    sizes: smallest(files.map(({ path, size }) => `${size} ${path}`)),
  };
}

function smallest(texts: readonly string[]): readonly string[] {
  return texts
    .map((text) => createHash("sha256").update(text).digest("hex").slice(0, 16))
    .sort()
    .slice(0, MOST_HASHES);
}

/** Whether more than half of what either holds is in both, as far as the samples tell. */
function areAlike(one: readonly string[], other: readonly string[]): boolean {
  const [first, second] = [new Set(one), new Set(other)];
  const union = [...new Set([...one, ...other])].sort().slice(0, MOST_HASHES);
  const shared = union.filter((hash) => first.has(hash) && second.has(hash)).length;
  return shared * 2 > union.length;
}
