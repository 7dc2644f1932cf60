import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { call } from "../../graph/agent.ts";
import { startDevServer, type DevServer, type DevServerOptions } from "../../server/dev-server.ts";
import { API_KEYS } from "../../server/visitors.ts";
import type { ServerReply } from "../../servers/completions.ts";
import { startWorld } from "../../servers/world.ts";

/** What would run, load or lead away, if a page made markup of it. */
const POISON = [
  `<script>document.title = "harmed"</script>`,
  `<img src="http://127.0.0.1:9/x.png" onerror="document.title = 'harmed'">`,
  "![picture](http://127.0.0.1:9/y.png) [press](javascript:document.title='harmed')",
].join(" ");

/** A server with the page as it is built now, whose model searches for what it is asked about. */
export async function servePage(
  options: DevServerOptions = {},
): Promise<Pick<DevServer, "url" | "folder"> & AsyncDisposable> {
  execFileSync(process.execPath, ["scripts/build.mjs", "--page"], {
    cwd: fileURLToPath(new URL("../../../", import.meta.url)),
  });
  const world = await startWorld(
    Array.from({ length: 100 }, () => reply),
    (query) => [
      {
        title: `About ${query}`,
        url: `https://example.org/${encodeURIComponent(query)}`,
        content: `All about ${query}.`,
      },
      ...(query.includes("poison")
        ? [{ title: POISON, url: "javascript:document.title='harmed'", content: POISON }]
        : []),
    ],
  );
  const environment = { ...world.environment, AGENTIC_RAG_API_KEYS: API_KEYS, AGENTIC_RAG_DISCOVER: "off" };
  const server = await startDevServer(environment, options);
  return {
    url: server.url,
    folder: server.folder,
    async [Symbol.asyncDispose]() {
      await server.close();
      await world.close();
    },
  };
}

/** By the last question of the prompt, and by what was found for it so far. */
const reply: ServerReply = ({ body: { prompt } }) => {
  const [, name = ""] = [...prompt.matchAll(/What is ([a-z-]+)\?/g)].at(-1) ?? [];
  if (name === "down") return { status: 401, body: "{}" };
  if (!/Searches left: [0-4]/.test(prompt))
    return { text: `Let me look.\n${call(`${name} facts`)}`, chunkSize: 9 };
  const said = name === "poison" ? `It is so [1]. ${POISON}` : "It is so [1].";
  return { text: `I know.\n</think>\n\n${said}`, chunkSize: 9 };
};
