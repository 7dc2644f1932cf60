import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rm, stat, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AgenticRagError, codeOf } from "../../../errors.ts";
import { createProxyFetch } from "../../../net/proxy.ts";
import { size } from "../../../text/size.ts";
import { findModel } from "./address.ts";
import { download, type Downloaded } from "./download.ts";
import { askFile, shown, type Source, type ToldFile } from "./source.ts";

export interface PullOptions {
  /** A name of the list, `hf:user/repository/file`, or an address. */
  readonly model: string;
  /** Where models are kept; each below its server and repository. */
  readonly folder: string;
  /** What the file's SHA-256 has to be, in hexadecimal digits. @default what the server's headers say */
  readonly sha256?: string | undefined;
  /** Names proxies, and for Hugging Face `HF_ENDPOINT` and `HF_TOKEN`. @default {} */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Bytes so far, those of an earlier download included, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
  /** The longest time without a byte, in milliseconds. @default 60_000 */
  readonly idleMs?: number;
  readonly signal?: AbortSignal;
  /** The library that downloads. @default "node-llama-cpp" */
  readonly packageName?: string;
}

/** A model's file that is there. */
export interface PulledModel {
  /** Of a file in parts, the first. */
  readonly file: string;
  /** Of all parts. */
  readonly bytes: number;
  /** Of the first part. */
  readonly sha256: string;
  /** What says that it is right: `--sha256`, or the server's header of that name; undefined where nothing does. */
  readonly checkedBy: string | undefined;
}

const HUB = "https://huggingface.co/";
const PART_ENDING = ".ipull";
/** The file system, and not the server, has failed. */
const NO_WRITING = /^(?:EACCES|EPERM|EROFS|ENOTDIR|EISDIR|ENAMETOOLONG|EIO|EMFILE)$/;
const FULL = /^(?:ENOSPC|EDQUOT)$/;

/**
 * Downloads a model's file into a folder, with the downloader of node-llama-cpp, and checks it. What was begun is gone on with; a
 * file that is there already is only checked. One that is not what it should be is removed.
 *
 * @throws `settings-invalid` for a model that is none; `download-failed`; `dependency-missing`; an AbortError
 */
export async function pullModel(options: PullOptions): Promise<PulledModel> {
  const { environment = {}, idleMs = 60_000, packageName = "node-llama-cpp", signal, onProgress } = options;
  const source = sourceOf(environment);
  const { url, folders, fileName } = await findModel(options.model, source, signal);
  const told = await askFile(url, source, signal);
  const folder = join(options.folder, ...folders);
  const about: About = { url, folder, fileName, bytes: told.bytes };
  await requireRoom(about);
  const outcome = await download(
    { url, folder, fileName, packageName, proxies: proxiesOf(environment) },
    { signal, onProgress, idleMs, environment: withoutUndefined(environment) },
  );
  if (outcome.kind !== "done") throw await failureOf(outcome, about, idleMs);
  const [file = ""] = outcome.files;
  await requireGguf(file, about);
  const sizes = await Promise.all(outcome.files.map(async (each) => (await stat(each)).size));
  const bytes = sizes.reduce((sum, each) => sum + each, 0);
  const checked = await check(file, about, options.sha256, told);
  return { file, bytes, ...checked };
}

interface About {
  readonly url: string;
  readonly folder: string;
  readonly fileName: string;
  readonly bytes: number | undefined;
}

function sourceOf(environment: NonNullable<PullOptions["environment"]>): Source {
  const [hub = HUB] = ["MODEL_ENDPOINT", "HF_ENDPOINT"]
    .map((name) => environment[name]?.trim() ?? "")
    .filter((address) => URL.canParse(address));
  const token = environment["HF_TOKEN"]?.trim() || undefined;
  return {
    hub: hub.endsWith("/") ? hub : `${hub}/`,
    token,
    fetch: createProxyFetch(environment) ?? globalThis.fetch,
  };
}

/** The folder is made. @throws where the disk has no room for what is missing of the file */
async function requireRoom(about: About): Promise<void> {
  const { folder, fileName, bytes } = about;
  try {
    await mkdir(folder, { recursive: true });
    if (bytes === undefined) return;
    const written = await Promise.all(
      [fileName, fileName + PART_ENDING].map((name) => allocated(join(folder, name))),
    );
    const missing = bytes - Math.max(...written);
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    if (missing <= free) return;
    throw new AgenticRagError(
      "download-failed",
      `${fileName} needs ${size(missing)}, and the disk of ${folder} has ${size(free)} left. ${OTHER_DISK}`,
    );
  } catch (error) {
    if (AgenticRagError.isInstance(error)) throw error;
    throw notWritten(about, codeOf(error) ?? "unknown", error);
  }
}

const OTHER_DISK = "Make room there, or set XDG_CACHE_HOME to a folder on another disk.";

/** Bytes that a file takes on its disk, which are fewer than its size where it has holes. */
async function allocated(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? 0 : Math.min(found.size, found.blocks * 512);
}

async function failureOf(
  outcome: Exclude<Downloaded, { readonly kind: "done" }>,
  about: About,
  idleMs: number,
): Promise<AgenticRagError> {
  if (outcome.kind === "missing") return new AgenticRagError("dependency-missing", outcome.reason);
  const { url, folder, fileName, bytes } = about;
  if (outcome.kind === "failed") {
    const { code = "", reason } = outcome;
    if (FULL.test(code)) {
      // what was written last may be damaged, and the room is needed
      await rm(join(folder, fileName + PART_ENDING), { force: true });
      const whole = bytes === undefined ? "" : ` (${size(bytes)})`;
      return new AgenticRagError(
        "download-failed",
        `The disk of ${folder} is full: ${fileName}${whole} has no room there (${code}). What had come was removed. ${OTHER_DISK}`,
      );
    }
    if (NO_WRITING.test(code)) return notWritten(about, code);
    return new AgenticRagError(
      "download-failed",
      `The download of ${fileName} from ${shown(url)} has failed (${reason.replaceAll(url, shown(url))}). What came is kept; the same command goes on from there.`,
    );
  }
  const { done } = outcome;
  const part = bytes === undefined ? size(done) : `${Math.floor((100 * done) / bytes)} % of ${size(bytes)}`;
  if (outcome.kind === "cut") {
    await rm(join(folder, fileName + PART_ENDING), { force: true });
    return new AgenticRagError(
      "download-failed",
      `The connection to ${new URL(url).host} was cut after ${part} of ${fileName}, and the server cannot go on from there. The same command begins anew.`,
    );
  }
  // the library tries to write for a quarter of an hour, too, and says nothing
  const unwritten = await triedToWrite(folder);
  if (unwritten !== undefined) return notWritten(about, unwritten);
  return new AgenticRagError(
    "download-failed",
    `The connection to ${new URL(url).host} was cut: for ${idleMs / 1000} s nothing came after ${part} of ${fileName}. What came is kept; the same command goes on from there.`,
  );
}

/** The code with which writing in a folder fails; undefined where it does not. */
async function triedToWrite(folder: string): Promise<string | undefined> {
  const path = join(folder, `.${randomUUID()}`);
  try {
    await writeFile(path, new Uint8Array(2 ** 20));
    return undefined;
  } catch (error) {
    return codeOf(error) ?? "unknown";
  } finally {
    await rm(path, { force: true });
  }
}

function notWritten({ folder, fileName }: About, code: string, cause?: unknown): AgenticRagError {
  if (FULL.test(code)) {
    return new AgenticRagError("download-failed", `The disk of ${folder} is full (${code}). ${OTHER_DISK}`, {
      cause,
    });
  }
  return new AgenticRagError(
    "download-failed",
    `${fileName} cannot be written to ${folder} (${code}). Look at its permissions, or set XDG_CACHE_HOME to a folder that you may write to.`,
    { cause },
  );
}

/** Removes what is something else, such as a page that asks for a login. */
async function requireGguf(file: string, { url }: About): Promise<void> {
  const handle = await open(file, "r");
  const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0).finally(() => handle.close());
  if (buffer.toString("latin1") === "GGUF") return;
  await rm(file, { force: true });
  throw new AgenticRagError(
    "download-failed",
    `What ${shown(url)} gives is no GGUF file, and was removed. Give the address of the file itself.`,
  );
}

async function check(
  file: string,
  { url, fileName }: About,
  wanted: string | undefined,
  told: ToldFile,
): Promise<Pick<PulledModel, "sha256" | "checkedBy">> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file, { highWaterMark: 4 * 2 ** 20 })) hash.update(piece);
  const sha256 = hash.digest("hex");
  const right = wanted?.toLowerCase() ?? told.sha256;
  const checkedBy = wanted === undefined ? told.sha256From : "--sha256";
  if (right === undefined || right === sha256) return { sha256, checkedBy };
  await rm(file, { force: true });
  const says =
    wanted === undefined ? `the header ${checkedBy} of ${new URL(url).host} says` : "--sha256 says";
  throw new AgenticRagError(
    "download-failed",
    `${fileName} is not what it should be: its SHA-256 is ${sha256}, and ${says} ${right}. It was removed. Run the same command again; if it comes out the same, do not use what lies at ${shown(url)}.`,
  );
}

function proxiesOf(environment: NonNullable<PullOptions["environment"]>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(withoutUndefined(environment)).filter(([name]) => /_proxy$/i.test(name)),
  );
}

function withoutUndefined(
  environment: NonNullable<PullOptions["environment"]>,
): Readonly<Record<string, string>> {
  const set: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) set[name] = value;
  return set;
}
