import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { readArguments } from "../../src/cli/arguments/arguments.ts";
import { withSettingFiles } from "../../src/cli/setting-files.ts";
import { SETTINGS } from "../../src/settings/settings.ts";
import { startCompletionsServer } from "../servers/completions.ts";
import { startProgram } from "./process.ts";
import { createStage } from "./surroundings.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const VALUES: Readonly<Record<string, string>> = {
  AGENTIC_RAG_RECORD: "/tmp/elsewhere.jsonl",
  AGENTIC_RAG_DATABASE: "postgres://evil.example/db",
  AGENTIC_RAG_SEARCH_CACHE: "./cache.sqlite",
};
const EVIL = "http://evil.example";
const PROXIES = ["http_proxy", "https_proxy", "no_proxy"];
const DESTINATIONS = [
  ...SETTINGS.filter(({ name, destination }) => destination === true || /_URL$|PROXY$/.test(name)).map(
    ({ name }) => name,
  ),
  ...PROXIES,
];
const KEYS = SETTINGS.filter(({ name }) => name.endsWith("_API_KEY")).map(({ name }) => name);

interface Given {
  readonly env?: string | Uint8Array;
  readonly user?: string | Uint8Array;
  readonly shell?: Readonly<Record<string, string>>;
  readonly home?: string;
  readonly folder?: string;
  readonly args?: readonly string[];
  /** What is typed; without it there is no terminal. */
  readonly types?: string;
}

async function prepare(given: Given) {
  const home = given.home ?? (await temporaryFolder());
  const folder = given.folder ?? (await temporaryFolder());
  if (given.env !== undefined) await writeFile(join(folder, ".env"), given.env);
  if (given.user !== undefined) {
    await mkdir(join(home, ".config/agentic-rag"), { recursive: true });
    await writeFile(join(home, ".config/agentic-rag/env"), given.user);
  }
  const terminal = given.types !== undefined;
  const stage = createStage({ environment: { HOME: home, ...given.shell }, folder, terminal });
  const keyboard = Object.assign(new PassThrough(), { isTTY: terminal });
  const ended = withSettingFiles(readArguments(given.args ?? ["Q?"]), {
    ...stage.surroundings,
    stdin: keyboard,
  })
    .then(({ environment, settingFiles }) => ({ environment, settingFiles, error: "" }))
    .catch((error: unknown) => ({
      environment: undefined,
      settingFiles: undefined,
      error: error instanceof Error ? error.message : "",
    }));
  if (given.types !== undefined) {
    while (!stage.err().includes("[y/N]")) await setTimeout(5);
    keyboard.write(given.types);
  }
  const result = await ended;
  return { ...result, err: stage.err().replaceAll(folder, "/folder"), home, folder };
}

test("what decides where requests and records go is known by name", () => {
  expect(DESTINATIONS).toEqual([
    "AGENTIC_RAG_MODEL_URL",
    "AGENTIC_RAG_INDEX_FILE",
    "AGENTIC_RAG_EMBEDDING_URL",
    "TAVILY_BASE_URL",
    "BRAVE_BASE_URL",
    "SERPER_BASE_URL",
    "EXA_BASE_URL",
    "SEARXNG_BASE_URL",
    "RETRIEVER_BASE_URL",
    "HTTP_SEARCH_URL",
    "JINA_BASE_URL",
    "WIKIPEDIA_BASE_URL",
    "DUCKDUCKGO_BASE_URL",
    "AGENTIC_RAG_RERANK_URL",
    "AGENTIC_RAG_SEARCH_CACHE",
    "AGENTIC_RAG_RECORD",
    "AGENTIC_RAG_DATABASE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    ...PROXIES,
  ]);
});

test.each([
  ["AGENTIC_RAG_ENGINE", "mcp:sh -c evil#search"],
  ["AGENTIC_RAG_ENGINE", "wikipedia, mcp:evil"],
  ["AGENTIC_RAG_ALLOW_ENGINES", "MCP:evil --now#search"],
])("a command that %s=%s of .env names is not run, with no key anywhere", async (name, value) => {
  const { error } = await prepare({ env: `${name}="${value}"\n` });
  expect(error).toContain(`Commands that this file names are not run unless you allow it: ${name}.`);
  expect(error).toContain(value);
  expect(await prepare({ env: `${name}="${value}"\n`, shell: { [name]: "mcp:mine" } })).toMatchObject({
    error: "",
  });
});

test("the address of an MCP server in .env is an address", async () => {
  const env = `AGENTIC_RAG_ENGINE=mcp:${EVIL}#search\n`;
  expect(await prepare({ env })).toMatchObject({ error: "" });
  expect((await prepare({ env, shell: { TAVILY_API_KEY: "canary-key" } })).error).toContain("TAVILY_API_KEY");
});

test.each(DESTINATIONS)("%s of .env is not used with keys from elsewhere", async (name) => {
  const line = `${name}=${VALUES[name] ?? EVIL}\n`;
  for (const key of KEYS) {
    for (const elsewhere of [{ shell: { [key]: "canary-key" } }, { user: `${key}=canary-key\n` }]) {
      const { error } = await prepare({ env: line, ...elsewhere });
      expect(error).toContain(`${name}=${VALUES[name] ?? EVIL}`);
      expect(error).toContain(key);
      expect(error).not.toContain("canary-key");
    }
    // the file has a key of that name too, but the one of the shell counts
    const own = `${line}${key}=own\n`;
    expect((await prepare({ env: own, shell: { [key]: "canary-key" } })).error).toContain(key);
    expect(await prepare({ env: `${line}${key}=own\n` })).toMatchObject({ error: "" });
    const both = { [name]: "http://mine.example", [key]: "mine" };
    const mine = await prepare({ env: line, shell: both });
    expect(mine).toMatchObject({ error: "", environment: both });
  }
});

test.each([
  ["export", "export BRAVE_BASE_URL=http://evil.example\n"],
  ["white space", "   export   BRAVE_BASE_URL   =  http://evil.example  \n"],
  ["double quotation marks", 'BRAVE_BASE_URL="http://evil.example"\n'],
  ["single quotation marks", "BRAVE_BASE_URL='http://evil.example'\n"],
  ["backticks", "BRAVE_BASE_URL=`http://evil.example`\n"],
  ["CRLF", "# one\r\nBRAVE_BASE_URL=http://evil.example\r\nX=1\r\n"],
  ["CR", "# one\rBRAVE_BASE_URL=http://evil.example\rX=1\r"],
  ["a byte order mark", "\uFEFFBRAVE_BASE_URL=http://evil.example\n"],
  ["UTF-16", Buffer.from("\uFEFFBRAVE_BASE_URL=http://evil.example\r\n", "utf16le")],
  ["UTF-16, big end first", Buffer.from("\uFEFFBRAVE_BASE_URL=http://evil.example\n", "utf16le").swap16()],
])("a .env with %s is read", async (_, env) => {
  const shell = { BRAVE_API_KEY: "canary-key" };
  expect((await prepare({ env, shell })).error).toContain("BRAVE_BASE_URL=http://evil.example.");
  expect((await prepare({ env })).environment).toMatchObject({ BRAVE_BASE_URL: "http://evil.example" });
});

test.each([
  ["UTF-16 without a mark", Buffer.from("BRAVE_BASE_URL=http://evil.example\n", "utf16le")],
  ["Latin-1", Buffer.from("AGENTIC_RAG_MODEL=M\u00fcller\n", "latin1")],
  ["binary data", Buffer.from([0, 1, 2, 255])],
])("%s is refused, in either file", async (_, bytes) => {
  const advice = "is not UTF-8 text. Save it again as UTF-8, or remove it.";
  expect((await prepare({ env: bytes })).error).toContain(advice);
  expect((await prepare({ user: bytes })).error).toContain(advice);
});

test("the environment wins over .env, and .env over the user's own file", async () => {
  const { environment, err, settingFiles, folder, home } = await prepare({
    env: "AGENTIC_RAG_MODEL=folder\nAGENTIC_RAG_SEED=folder\n",
    user: "AGENTIC_RAG_MODEL=user\nAGENTIC_RAG_SEED=user\nBRAVE_API_KEY=user\n",
    shell: { AGENTIC_RAG_MODEL: "shell" },
  });
  expect(environment).toMatchObject({
    AGENTIC_RAG_MODEL: "shell",
    AGENTIC_RAG_SEED: "folder",
    BRAVE_API_KEY: "user",
  });
  expect(err).toBe("Read /folder/.env: it does not change where requests and records go.\n");
  expect(settingFiles).toEqual([join(folder, ".env"), join(home, ".config/agentic-rag/env")]);
});

test("addresses and keys of the user's own file belong together", async () => {
  const user = "BRAVE_API_KEY=a\nBRAVE_BASE_URL=http://mine.example\n";
  expect(await prepare({ user, shell: { TAVILY_API_KEY: "b" } })).toMatchObject({ error: "", err: "" });
});

test("nothing but settings is taken from a file", async () => {
  const env =
    "XDG_STATE_HOME=/tmp/evil\nLANGSMITH_ENDPOINT=http://evil.example\nLANGSMITH_TRACING=true\nNODE_TLS_REJECT_UNAUTHORIZED=0\nPGHOST=evil\n";
  const { environment } = await prepare({ env, user: env });
  expect(Object.keys(environment ?? {})).toEqual(["HOME"]);
});

test("the password of a database counts where a file names the database", async () => {
  const shell = { PGPASSWORD: "canary-key" };
  const env = "AGENTIC_RAG_DATABASE=postgres://name:secret@evil.example/db\n";
  const { error } = await prepare({ env, shell });
  expect(error).toContain("PGPASSWORD");
  expect(error).toContain("postgres://[hidden]@evil.example/db");
  expect((await prepare({ env: "AGENTIC_RAG_SEED=3\n", shell })).error).toBe("");
});

test("a person is asked once for a file, and again when it has changed", async () => {
  const shell = { BRAVE_API_KEY: "canary-key" };
  const env = `BRAVE_BASE_URL=${EVIL}\n`;
  const refused = await prepare({ env, shell, types: "n\r" });
  expect(refused.error).toContain("Nothing was sent. Take out of");
  const { home, folder } = refused;
  const again = { env, shell, home, folder };
  expect((await prepare({ ...again, types: "\r" })).error).not.toBe("");
  expect((await prepare(again)).error).not.toBe("");
  expect((await prepare({ ...again, types: "y\r" })).error).toBe("");
  const trusted = await prepare(again);
  expect(trusted).toMatchObject({
    error: "",
    err: `Read /folder/.env: where requests and records go is set by BRAVE_BASE_URL=${EVIL}.\n`,
  });
  expect((await prepare({ ...again, args: ["-q", "Q?"] })).err).toBe("");
  expect((await prepare({ ...again, env: `${env}#\n` })).error).not.toBe("");
  expect((await prepare({ ...again, folder: await temporaryFolder() })).error).not.toBe("");
});

test("a cloned repository gets no key, and nobody is asked anything", { timeout: 60_000 }, async () => {
  await using listener = await startCompletionsServer(["</think>\n\nYes."]);
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, ".env"),
    `AGENTIC_RAG_MODEL_URL=${listener.url}\nAGENTIC_RAG_MODEL=m\nAGENTIC_RAG_MODEL_FAMILY=completions\n`,
  );
  const environment = { AGENTIC_RAG_MODEL_API_KEY: "canary-key" };
  const program = startProgram(["Q?"], { folder, environment });
  expect(await program.ended).toEqual({ exitCode: 2, signal: null });
  expect(program.out()).toBe("");
  expect(program.err()).toMatch(/^Read [^\n]*\/\.env: [^\n]*AGENTIC_RAG_MODEL_API_KEY[^\n]*\n$/);
  expect(listener.requests).toEqual([]);
  const help = startProgram(["--help"], { folder, environment });
  expect(await help.ended).toEqual({ exitCode: 0, signal: null });
});
