import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { z } from "zod";
import { isAbort } from "../../errors.ts";
import { withDeadline } from "../../net/deadline.ts";
import type { SearchEngine, SearchFailure, SearchOutcome } from "../engine.ts";
import { readThrown, readWords } from "../langchain/failure.ts";
import { toolInput } from "../langchain/input.ts";
import { readResults, readSentence } from "../langchain/results.ts";
import { createHiding } from "../langchain/secrets.ts";
import { unwrapToolOutput } from "../langchain/unwrap.ts";
import { toOutcome, type ResultLimits } from "../outcome.ts";
import { createEngine, type Query } from "../query.ts";

export interface McpOptions {
  /** The server: an http(s) address of its streamable HTTP endpoint, or the command line that starts it. */
  readonly server: string;
  /** The tool that searches. Default: the only one whose name has the word `search` in it. */
  readonly tool?: string;
  /** Name of the engine. Default `mcp`, with the tool's name where it is given. */
  readonly name?: string;
  /** Sent to an address as a bearer token. */
  readonly key?: string;
  /** What a command finds in its environment besides `HOME`, `PATH` and the like. Its values are never shown. */
  readonly env?: Readonly<Record<string, string>>;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Time for one search, the start of the server included, in milliseconds. Default 20,000. */
  readonly deadlineMs?: number | undefined;
  readonly limits?: ResultLimits;
}

/** Close it, or the server of a command goes on as long as this process. */
export interface McpEngine extends SearchEngine {
  close(): Promise<void>;
}

const DEFAULT_DEADLINE_MS = 20_000;
/** How tools name the number of results. */
const COUNTS = ["maxResults", "max_results", "numResults", "num_results", "count", "limit", "top_k", "k"];
const schemaSchema = z.object({ properties: z.record(z.string(), z.unknown()).default({}) });

interface Connection {
  readonly client: Client;
  readonly tool: { readonly name: string; readonly inputSchema: unknown };
}

/**
 * Searches with a tool of an MCP server. The server is started, or connected to, with the first search, and again when it has
 * gone. Structured results, JSON and texts of `Title:`, `URL:` and `Content:` become results with addresses. A search that is
 * aborted is cancelled at the server.
 */
export function createMcpEngine(options: McpOptions): McpEngine {
  const { server, tool, deadlineMs = DEFAULT_DEADLINE_MS, limits } = options;
  const name = options.name ?? (tool === undefined ? "mcp" : `mcp:${tool}`);
  const hide = createHiding({}, [
    ...(options.key === undefined ? [] : [options.key]),
    ...Object.values(options.env ?? {}),
  ]);
  let connecting: Promise<Connection | SearchFailure> | undefined;

  function connection(): Promise<Connection | SearchFailure> {
    connecting ??= connect(options, name, () => (connecting = undefined)).then(
      (made) => {
        if ("kind" in made) connecting = undefined;
        return made;
      },
      (error: unknown) => {
        connecting = undefined;
        throw error;
      },
    );
    return connecting;
  }

  async function ask({ query, maxResults }: Query, signal: AbortSignal): Promise<SearchOutcome> {
    const made = await connection();
    if ("kind" in made) return failed(made);
    const input = toolInput(made.tool.inputSchema, query);
    if (input === undefined || typeof input === "string") return failed(unknownInput(name, made.tool.name));
    const { properties } = schemaSchema.parse(made.tool.inputSchema);
    const count = COUNTS.find((field) => Object.hasOwn(properties, field));
    const given = { ...input, ...(count !== undefined && { [count]: maxResults }) };
    const reply = await made.client.callTool({ name: made.tool.name, arguments: given }, undefined, {
      signal,
      timeout: deadlineMs,
    });
    return outcomeOf(reply, maxResults);
  }

  function outcomeOf(reply: Awaited<ReturnType<Client["callTool"]>>, maxResults: number): SearchOutcome {
    const written = unwrapToolOutput(reply["content"]);
    if (reply["isError"] === true) {
      const words = written.kind === "error" ? written.words : (written.text ?? String(written.value));
      return failed(readWords(name, words, hide));
    }
    const structured = reply["structuredContent"];
    const results = structured === undefined ? undefined : readResults(structured);
    if (results !== undefined) return toOutcome(results, maxResults, limits);
    const said = readSentence(written.kind === "error" ? written.words : written.value);
    if (said === "nothing") return { status: "nothing" };
    if (written.kind === "error") return failed(readWords(name, written.words, hide));
    if (said === "error") return failed(readWords(name, String(written.value), hide));
    const read = readResults(written.value);
    return read === undefined ? failed(unknownOutput(name)) : toOutcome(read, maxResults, limits);
  }

  const engine = createEngine(name, async (query, { signal }) => {
    const outcome = await withDeadline({ deadlineMs, signal }, async (ending) => {
      try {
        return await ask(query, ending);
      } catch (error) {
        if (isAbort(error) && ending.aborted) throw error;
        return failed(await failureOf(error));
      }
    });
    if (outcome !== "deadline") return outcome;
    return failed({ kind: "timeout", message: `${name} did not answer within ${deadlineMs / 1000} s.` });
  });
  return {
    ...engine,
    async close() {
      const made = await connecting?.catch(() => undefined);
      if (made !== undefined && "client" in made) await made.client.close();
    },
  };

  async function failureOf(error: unknown): Promise<SearchFailure> {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return {
        kind: "misconfigured",
        message: `${name} could not be started: there is no command ${JSON.stringify(commandOf(server)[0] ?? "")}. Install it, or correct the command.`,
      };
    }
    const { McpError } = await import("@modelcontextprotocol/sdk/types.js");
    if (error instanceof McpError && /connection closed/i.test(error.message)) {
      return { kind: "unreachable", message: `The server behind ${name} ended. Try its command by hand.` };
    }
    return readThrown(name, error, hide);
  }
}

async function connect(
  { server, tool, key, env, fetch }: McpOptions,
  name: string,
  onGone: () => void,
): Promise<Connection | SearchFailure> {
  // loaded with the first search: most programs ask no MCP server
  const { Client: McpClient } = await import("@modelcontextprotocol/sdk/client/index.js");
  const client = new McpClient({ name: "langgraph-agentic-rag", version: "1" });
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK has no other way
  client.onclose = onGone;
  await client.connect(await transportOf({ server, key, env, fetch }));
  const { tools } = await client.listTools();
  const found =
    tool === undefined
      ? tools.filter((each) => /(?<![a-z])search/i.test(each.name))
      : tools.filter((each) => each.name === tool);
  const [only] = found;
  if (only !== undefined && found.length === 1) return { client, tool: only };
  await client.close();
  const names = tools.map((each) => each.name).join(", ");
  const wanted = tool === undefined ? "one tool to search with" : `a tool ${JSON.stringify(tool)}`;
  return {
    kind: "misconfigured",
    message: `The server behind ${name} does not have ${wanted}. It has: ${names}. Name one behind # at its end.`,
  };
}

async function transportOf({
  server,
  key,
  env,
  fetch,
}: Pick<McpOptions, "server"> & {
  readonly [Field in "key" | "env" | "fetch"]: McpOptions[Field];
}): Promise<Transport> {
  if (!/^https?:/i.test(server)) {
    const { getDefaultEnvironment, StdioClientTransport } =
      await import("@modelcontextprotocol/sdk/client/stdio.js");
    const [command = "", ...args] = commandOf(server);
    return new StdioClientTransport({
      command,
      args,
      env: { ...getDefaultEnvironment(), ...env },
      stderr: "ignore",
    });
  }
  const { StreamableHTTPClientTransport } =
    await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
  const transport = new StreamableHTTPClientTransport(new URL(server), {
    ...(fetch !== undefined && { fetch }),
    ...(key !== undefined && { requestInit: { headers: { authorization: `Bearer ${key}` } } }),
  });
  return transport;
}

/** The words of a command line; those with blanks stand in quotes. */
function commandOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? "",
  );
}

function failed(failure: SearchFailure): SearchOutcome {
  return { status: "failed", failure };
}

function unknownInput(name: string, tool: string): SearchFailure {
  return {
    kind: "misconfigured",
    message: `${name} was not asked: its tool ${JSON.stringify(tool)} has no field for a query, or needs other fields. Name another tool behind #.`,
  };
}

function unknownOutput(name: string): SearchFailure {
  return {
    kind: "bad-reply",
    message: `${name} returned something that holds no results. Use a tool that searches.`,
  };
}
