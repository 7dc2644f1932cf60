import { z } from "zod";
import { TASK } from "../script.ts";

/** The requests that every contender sends, as a loop of a few lines sends them. */

const chunkSchema = z.object({ choices: z.array(z.object({ text: z.string() })) });
const callSchema = z.object({
  action_input: z.union([
    z.object({ query: z.string() }).transform(({ query }) => [query]),
    z.object({ queries: z.array(z.string()) }).transform(({ queries }) => queries),
  ]),
});
const foundSchema = z.object({
  results: z.array(z.object({ title: z.string(), url: z.string(), content: z.string() })),
});
export type Found = z.infer<typeof foundSchema>["results"];

const MARK = "</think>\n\n";

/** The prompt of a single turn that goes on, ready for its text. */
export function openPrompt(question: string): string {
  return `<|im_start|>system
${TASK}

If you need a search, write a call within <tool_call>...</tool_call>, such as:
<tool_call>
{"action": "web_search", "action_input": {"query": "current stock price of Tesla"}}
</tool_call>
After a search, go on with your reasoning from its results in <tool_response>...</tool_response>. Do all searches before you answer. Break complex questions down into simpler ones.<|im_end|>
<|im_start|>user
${question}<|im_end|>
<|im_start|>assistant
<think>
`;
}

/** Streams what the model says next; `onText` hears of each piece. */
export async function complete(url: string, prompt: string, onText: (text: string) => void): Promise<string> {
  const response = await fetch(`${url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "QwQ-32B",
      prompt,
      stream: true,
      max_tokens: 4096,
      stop: ["</tool_call>"],
    }),
  });
  if (!response.ok || response.body === null) throw new Error(`the model said ${response.status}`);
  let [said, rest] = ["", ""];
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("data: {")) continue;
      const text = chunkSchema.parse(JSON.parse(line.slice("data: ".length))).choices[0]?.text ?? "";
      said += text;
      if (text !== "") onText(text);
    }
  }
  return said;
}

/** Calls back once, with the first text behind the reasoning of a reply. */
export function answerWatcher(onAnswer: () => void): (text: string) => void {
  let [said, answering] = ["", false];
  return (text) => {
    said += text;
    const at = said.indexOf(MARK);
    if (answering || at === -1 || said.length === at + MARK.length) return;
    answering = true;
    onAnswer();
  };
}

export function answerIn(said: string): string {
  return said.slice(said.indexOf(MARK) + MARK.length);
}

/** The queries of the call that a reply ends in; undefined where it ends in none. */
export function queriesIn(said: string): readonly string[] | undefined {
  const [, json] = /<tool_call>([\s\S]*)$/.exec(said) ?? [];
  return json === undefined ? undefined : callSchema.parse(JSON.parse(json)).action_input;
}

export async function search(url: string, query: string): Promise<Found> {
  const response = await fetch(`${url}/search`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, max_results: 5 }),
  });
  if (!response.ok) throw new Error(`the search said ${response.status}`);
  return foundSchema.parse(await response.json()).results;
}

/** What is put behind a call. */
export function responseOf(queries: readonly string[], found: readonly Found[]): string {
  const blocks = queries.map((query, at) => ({
    action: "web_search",
    action_input: { query },
    response: found[at] ?? [],
  }));
  return `</tool_call>\n<tool_response>\n${blocks.map((block) => JSON.stringify(block)).join("\n")}\n</tool_response>\n`;
}
