import { getEncoding } from "js-tiktoken";
import { z } from "zod";
import { CONTENDERS, requestsOf, type Contender } from "./contenders.ts";
import type { Case } from "./script.ts";
import type { Servers } from "./servers.ts";
import { table } from "./statistics.ts";

const WHO: readonly Contender[] = ["floor", "ours", "aiSdk", "createAgent"];
const CASES: Readonly<Record<string, Case>> = {
  "2 searches": { searches: 2 },
  "2 searches, one page twice": { searches: 2, repeats: true },
  "5 searches": { searches: 5 },
};

const encoding = getEncoding("o200k_base");
const bodySchema = z.union([
  z.object({ prompt: z.string() }),
  z.object({
    messages: z.array(z.unknown()),
    tools: z.unknown().optional(),
    response_format: z.unknown().optional(),
  }),
]);

/**
 * What a run costs in prompt tokens, all its requests together, for the same results. Counted in o200k over the JSON of
 * `messages`, `tools` and `response_format`; of a raw prompt, over the messages that it was drawn from with the turn that
 * goes on as the last one, because the chat template that a server puts around messages is not counted either.
 */
export async function benchPromptTokens(servers: Servers): Promise<string> {
  const rows: string[][] = [];
  for (const who of WHO) {
    const cells: string[] = [];
    for (const played of Object.values(CASES)) {
      const counts = (await requestsOf(servers, who, played)).map(tokensOf);
      const total = counts.reduce((sum, count) => sum + count, 0);
      cells.push(`${total} (${counts.join(" + ")})`);
    }
    rows.push([CONTENDERS[who].name, ...cells]);
  }
  return `### Prompt tokens for the same evidence\n\n${table(["", ...Object.keys(CASES)], rows)}`;
}

function tokensOf(body: unknown): number {
  const read = bodySchema.parse(body);
  const parts =
    "prompt" in read ? [messagesOf(read.prompt)] : [read.messages, read.tools, read.response_format];
  return parts
    .filter((part) => part !== undefined)
    .reduce<number>((sum, part) => sum + encoding.encode(JSON.stringify(part), [], []).length, 0);
}

/** The messages that a ChatML prompt was drawn from; its last turn is open. */
function messagesOf(prompt: string): readonly { role: string; content: string }[] {
  return prompt
    .split("<|im_start|>")
    .slice(1)
    .map((turn) => {
      const [role = "", ...lines] = turn.replace(/<\|im_end\|>\n$/, "").split("\n");
      return { role, content: lines.join("\n") };
    });
}
