/**
 * A teacher as a model server: `tsx teacher.ts <train.jsonl> [port]`. It knows the answers and still finds them out by
 * searching, as the model that learns from it should. It speaks OpenAI's completions.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { z } from "zod";
import { protocols } from "../../src/index.ts";

const hopSchema = z.object({ name: z.string(), noun: z.string(), value: z.string() });
const rowSchema = z.object({ question: z.string(), hops: z.array(hopSchema) });
type Hop = z.infer<typeof hopSchema>;

const [, , file = "training-data/train.jsonl", port = "8117"] = process.argv;
const rows = readFileSync(file, "utf8").trim().split("\n");
const known = new Map(
  rows.map((row) => {
    const { question, hops } = rowSchema.parse(JSON.parse(row));
    return [question, hops];
  }),
);
const side = protocols.qwq.modelSide;

/** What the teacher says next, behind a turn that it began before: a call for the first value not found yet, or the answer. */
function goOn(hops: readonly Hop[], turn: string): string {
  const found = side.results(turn);
  const cited: number[] = [];
  let said = "";
  for (const { name, noun, value } of hops) {
    const source = found.find(({ title, text }) => title === name && text.includes(value));
    if (source === undefined) {
      const query = `${name} ${noun}`;
      if (turn.includes(`"query": "${query}"`)) return side.answer("The sources do not say.");
      return `${said}I need the ${noun} of ${name}.\n${side.call(query)}`;
    }
    const told = `Source ${source.number} tells the ${noun} of ${name}: ${value}. `;
    if (!turn.includes(told)) said += told;
    cited.push(source.number);
  }
  return `${said.trim()}${side.answer(`${hops.at(-1)?.value} [${cited.at(-1)}].`)}`;
}

createServer(async (request, response) => {
  const reply = (status: number, value: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
  if (request.url !== "/v1/completions") return reply(404, { error: { message: "no such route" } });
  const { prompt } = z.object({ prompt: z.string() }).parse(await json(request));
  // the last question, and the assistant's turn that it began
  const [, question = "", turn = ""] =
    /<\|im_start\|>user\n((?:(?!<\|im_end\|>).)*)<\|im_end\|>\n<\|im_start\|>assistant\n(.*)$/s.exec(
      prompt,
    ) ?? [];
  const hops = known.get(question);
  if (hops === undefined) return reply(400, { error: { message: "the teacher was not told this question" } });
  reply(200, { choices: [{ index: 0, text: goOn(hops, turn), finish_reason: "stop" }] });
}).listen(Number(port), "127.0.0.1", () => console.log(`the teacher listens at http://127.0.0.1:${port}/v1`));
