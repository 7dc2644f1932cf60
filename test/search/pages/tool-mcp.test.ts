import { fileURLToPath } from "node:url";
import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createToolPageReader } from "../../../src/search/pages/tool.ts";
import type { PageReader } from "../../../src/search/pages/page-reader.ts";

const client = new MultiServerMCPClient({
  pages: {
    transport: "stdio",
    command: process.execPath,
    args: [fileURLToPath(new URL("mcp-server.mjs", import.meta.url))],
  },
});
let reader: PageReader;

beforeAll(async () => {
  const [tool] = await client.getTools();
  if (tool === undefined) throw new Error("The MCP server has no tool.");
  reader = createToolPageReader(tool);
});
afterAll(() => client.close());

test("reads pages with a tool of an MCP server", async () => {
  expect(reader.name).toBe("fetch_page");
  expect(await reader.read("https://site.example/hafnium")).toEqual({
    status: "read",
    page: {
      url: "https://site.example/hafnium",
      title: "hafnium",
      text: "Read at https://site.example/hafnium: hafnium <b>",
      links: [],
    },
  });
});

test("tells of an error of the MCP server", async () => {
  expect(await reader.read("https://site.example/other")).toMatchObject({
    status: "failed",
    failure: { message: expect.stringContaining("404"), status: 404 },
  });
});
