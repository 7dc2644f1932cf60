import { onTestFinished } from "vitest";
import { openWireServer, type Answer, type WireServer } from "./wire-server.ts";

/** One page as Tavily sends it. */
export function tavilyPage(title: string, content = `All about ${title}.`): Answer {
  const url = `https://example.org/${title.replaceAll(/\W+/g, "-")}`;
  return jsonAnswer({ results: [{ title, url, content, published_date: "2025-03-06" }] });
}

/** One page as Brave sends it. */
export function bravePage(title: string): Answer {
  const url = `https://example.org/${title.replaceAll(/\W+/g, "-")}`;
  return jsonAnswer({
    type: "search",
    web: { results: [{ title, url, description: `All about ${title}.` }] },
  });
}

export function jsonAnswer(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
}

/** A server that gives each request the next answer, and the last one to all that follow; gone with the test. */
export async function startEngineServer(...answers: readonly [Answer, ...Answer[]]): Promise<WireServer> {
  let asked = 0;
  const server = await openWireServer((response, request) => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? answers[0];
    asked += 1;
    answer(response, request);
  });
  onTestFinished(() => server.close());
  return server;
}
