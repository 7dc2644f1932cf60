import { isAbsolute } from "node:path";
import { z } from "zod";
import { AgenticRagError } from "../../../errors.ts";
import { parseJson } from "../../../net/json.ts";
import { readBodyStart } from "../../../net/read-body.ts";
import { OFFERED_MODELS } from "./catalogue.ts";
import { asksHub, refusal, reach, type Source } from "./source.ts";

/** A file of a model at a server. */
export interface ModelAddress {
  readonly url: string;
  /** Folders below that of all models, the server first; no two addresses share a file but by their query. */
  readonly folders: readonly string[];
  readonly fileName: string;
}

const HUB = /^(?:(?:hf|huggingface):(?:\/\/)?|(?:https:\/\/)?(?:hf\.co|huggingface\.co)\/)/i;
const FORM =
  "Give a name of the list (agentic-rag pull), hf:<user>/<repository>/<file>.gguf, or the address of a GGUF file.";
/** As llama.cpp says who it is, without which the hub does not name a file. */
const AS_LLAMA_CPP = { "user-agent": "llama-cpp" };
const manifestSchema = z.object({ ggufFile: z.object({ rfilename: z.string().min(1) }) });

/**
 * The file that a name of the list, an address at Hugging Face (`hf:user/repository/file#branch`, `hf:user/repository:quant`,
 * or that of its page) or any other address means. The hub is asked where no file is named.
 *
 * @throws `settings-invalid` for what is none of these; `download-failed`
 */
export async function findModel(named: string, source: Source, signal?: AbortSignal): Promise<ModelAddress> {
  const { address = named } = OFFERED_MODELS.find(({ name }) => name === named.toLowerCase()) ?? {};
  const hub = HUB.exec(address)?.[0];
  if (hub !== undefined) return findAtHub(address.slice(hub.length), source, signal);
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new AgenticRagError("settings-invalid", `There is no model ${JSON.stringify(named)}. ${FORM}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new AgenticRagError(
      "settings-invalid",
      `The address of ${url.host} holds a name or a password, which are not sent. Give one without.`,
    );
  }
  return placed(url.href, [url.host, ...namesIn(url.pathname)]);
}

async function findAtHub(
  path: string,
  source: Source,
  signal: AbortSignal | undefined,
): Promise<ModelAddress> {
  const [place = "", branch = "main"] = path.split("#");
  const [user = "", repository = "", ...rest] = place.replace(/\?.*$/, "").split("/").map(decoded);
  const [name = "", tag = "latest"] = repository.split(":");
  if (user === "" || name === "") {
    throw new AgenticRagError("settings-invalid", `${JSON.stringify(path)} names no repository. ${FORM}`);
  }
  // the address of a page, as it is copied from the browser
  const isPage = rest.length > 2 && (rest[0] === "blob" || rest[0] === "resolve");
  const revision = isPage ? (rest[1] ?? branch) : branch;
  let file: readonly string[] = isPage ? rest.slice(2) : rest;
  if (file.length === 0) file = await fileOf({ user, name, tag }, source, signal);
  const where = [user, name, "resolve", revision, ...file].map(encodeURIComponent).join("/");
  const url = source.hub + where;
  const folders = revision === "main" ? [user, name] : [user, name, revision];
  return placed(url, [new URL(url).host, ...folders, ...file]);
}

/** The file of a repository that a quantisation, or nothing, means. */
async function fileOf(
  { user, name, tag }: { readonly user: string; readonly name: string; readonly tag: string },
  source: Source,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const path = [user, name, "manifests", tag].map(encodeURIComponent).join("/");
  const url = `${source.hub}v2/${path}`;
  const response = await reach(
    url,
    { headers: { ...AS_LLAMA_CPP, ...asksHub(url, source) } },
    source,
    signal,
  );
  const text = await readBodyStart(response, 1_000_000);
  const found = manifestSchema.safeParse(parseJson(text)).data?.ggufFile.rfilename;
  if (response.ok && found !== undefined) return found.split("/");
  if (!response.ok && response.status !== 400 && response.status !== 404) throw refusal(url, response.status);
  throw new AgenticRagError(
    "download-failed",
    `The hub has no GGUF file ${tag === "latest" ? "" : `${tag} `}of ${user}/${name}. Look at its page for the names of its files, and give one: hf:${user}/${name}/<file>.gguf`,
  );
}

function placed(url: string, names: readonly string[]): ModelAddress {
  const safe = names.map(safeName).filter((name) => name !== "");
  const fileName = safe.at(-1) ?? "";
  if (safe.length < 2 || isAbsolute(fileName)) {
    throw new AgenticRagError("settings-invalid", `The address names no file. ${FORM}`);
  }
  return {
    url,
    folders: safe.slice(0, -1),
    fileName: /\.gguf\b/i.test(fileName) ? fileName : `${fileName}.gguf`,
  };
}

/** A name that any file system takes, and that leads nowhere else. */
function safeName(name: string): string {
  // oxlint-disable-next-line no-control-regex -- what no name may hold
  return name.replaceAll(/[<>:"/\\|?*\u0000-\u001f]/g, "_").replace(/^\.+|[. ]+$/g, "");
}

function namesIn(path: string): readonly string[] {
  return path.split("/").map(decoded);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
