import { onTestFinished } from "vitest";
import type { AgenticRagParts } from "../../../src/graph/parts.ts";
import type { ScriptedStep } from "../../../src/model/scripted.ts";
import type { Page, PageReader } from "../../../src/search/pages/page-reader.ts";
import { createWebPageReader } from "../../../src/search/pages/web.ts";
import { startWireServer, type Answer } from "../../servers/wire-server.ts";
import { scripted } from "../agent.ts";

/** The text of a call that opens pages, in the form that the prompt asks for. */
export function open(url: string | readonly string[]): string {
  return `<tool_call>\n{"action": "open_url", "action_input": {"url": ${JSON.stringify(url)}}}\n</tool_call>`;
}

export const ANSWER = "Fine.\n</think>\n\nIt is so [1].";
/** A run that may open two pages. */
export const context = { maxPages: 2 };

/** A site on the loopback, and a reader that may ask it. */
export async function site(answer: Answer) {
  const server = await startWireServer(answer);
  onTestFinished(() => server.close());
  const reader = createWebPageReader({
    ports: [Number(new URL(server.url).port)],
    allowAddress: (address) => address === "127.0.0.1",
  });
  return { ...server, reader, asked: () => server.requests.map(({ path }) => path) };
}

export const html = (body: string): Answer => {
  return (response) => response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(body);
};

/** A reader that knows a page at every address, and remembers where it was asked to go. */
export function knownPages(pageOf: (url: string) => Partial<Page> = () => ({})) {
  const asked: { url: string; query?: string; maxBytes?: number }[] = [];
  const reader: PageReader = {
    name: "known",
    async read(url, { signal: _signal, ...options } = {}) {
      asked.push({ url, ...options });
      const page = { url, title: `Page ${url}`, text: `What ${url} says.`, links: [], ...pageOf(url) };
      return { status: "read", page };
    },
  };
  return { reader, asked };
}

/** An agent of a scripted model that knows a page at every address. */
export function paged(steps: readonly ScriptedStep[], parts: Partial<AgenticRagParts> = {}) {
  const { reader, asked: opened } = knownPages();
  return { opened, ...scripted(steps, { pageReader: reader, ...parts }) };
}

/** What stands between the response tags of a turn. */
export function responses({ transcript }: { transcript: readonly { text: string }[] }): readonly string[] {
  return transcript.flatMap(
    ({ text }) => /<tool_response>\n([\s\S]*)\n<\/tool_response>/.exec(text)?.[1] ?? [],
  );
}
