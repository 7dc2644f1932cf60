export const ENGINE_NAMES = [
  "local",
  "tavily",
  "brave",
  "serper",
  "exa",
  "searxng",
  "retriever",
  "http",
  "jina",
  "wikipedia",
  "duckduckgo",
] as const;
/** A tool of an MCP server: `mcp:<command or address>#<tool>`. */
export type McpSpec = `mcp:${string}`;
export type EngineName = (typeof ENGINE_NAMES)[number] | McpSpec;

export function isMcp(name: string): name is McpSpec {
  return /^mcp:\s*[^\s#]/i.test(name);
}

/** The server and the tool of such a name. */
export function mcpParts(spec: McpSpec): { readonly server: string; readonly tool?: string } {
  const [, server = "", tool] = /^mcp:(.*?)(?:#([\w./:-]+))?$/is.exec(spec) ?? [];
  return { server: server.trim(), ...(tool !== undefined && { tool }) };
}

/** What an engine is called where others than the operator see it: no arguments of a command, no path and no key. */
export function shownName(engine: EngineName): string {
  if (!isMcp(engine)) return engine;
  const { server, tool } = mcpParts(engine);
  const place = URL.canParse(server) ? new URL(server).host : "";
  const [, quoted, bare = ""] = /^(?:["']([^"']*)["']|(\S+))/.exec(server) ?? [];
  const command = (quoted ?? bare).split(/[/\\]/).at(-1);
  return `mcp:${place === "" ? command : place}${tool === undefined ? "" : `#${tool}`}`;
}

export function isEngineName(name: string): name is EngineName {
  return isMcp(name) || ENGINE_NAMES.some((engine) => engine === name);
}
