import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { completionWire } from "../../test/servers/completions-wire.ts";

const requestSchema = z.looseObject({ prompt: z.string(), seed: z.number() });
const CALL = `Let me look this up, since I do not know it by heart.
<tool_call>
{"action": "web_search", "action_input": {"query": "capital"}}
</tool_call>`;
const ANSWER = "The first source says it.\n</think>\n\nRome [1].";
const FOUND = JSON.stringify({
  query: "capital",
  answer: null,
  images: [],
  results: Array.from({ length: 5 }, (_, at) => ({
    title: `Source ${at}`,
    url: `https://example.org/${at}`,
    content: "Rome is the capital of Italy, as it has been since 1871. ".repeat(10),
  })),
  response_time: 0.01,
});

export interface Endpoint {
  readonly url: string;
  /** How often the last part of each run was asked for, by its seed. */
  readonly answered: ReadonlyMap<number, number>;
  /** The bodies of a whole run, as they came. */
  readonly bodies: { call?: string; search?: string; answer?: string };
  forget(): void;
  close(): void;
}

/** A model that answers at once, with one search and an answer, and the search engine. */
export async function startEndpoint(): Promise<Endpoint> {
  const answered = new Map<number, number>();
  const bodies: Endpoint["bodies"] = {};
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (request.url?.endsWith("/search") === true) {
      bodies.search ??= body;
      response.writeHead(200, { "content-type": "application/json" }).end(FOUND);
      return;
    }
    if (request.url?.endsWith("/completions") !== true) {
      response.writeHead(404).end("{}");
      return;
    }
    const asked = requestSchema.parse(JSON.parse(body));
    const isLast = asked.prompt.endsWith("</tool_response>\n");
    if (isLast) {
      answered.set(asked.seed, (answered.get(asked.seed) ?? 0) + 1);
      bodies.answer ??= body;
    } else bodies.call ??= body;
    response
      .writeHead(200, { "content-type": "text/event-stream" })
      .end(completionWire({ text: isLast ? ANSWER : CALL, chunkSize: 12 }, asked));
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = z.object({ port: z.number() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${address.port}`,
    answered,
    bodies,
    forget: () => answered.clear(),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
