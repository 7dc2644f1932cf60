import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import { z } from "zod";
import type { PlainModel } from "../../compose/plain-model.ts";
import { messageOf } from "../../errors.ts";
import type { Case } from "../../eval/case.ts";
import { judgePrompt, readJudgement, type JudgeName, type Judgement } from "../../eval/judge.ts";
import { parseJson } from "../../net/json.ts";
import type { OnProgress } from "../../search/local/folder-changes.ts";

const lineSchema = z.object({ key: z.string(), reply: z.string() });

export interface JudgePlan {
  readonly judge: JudgeName;
  readonly ask: PlainModel;
  /** The model's name: another one judges anew. */
  readonly model: string;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Told what could not be judged. */
  readonly onProblem: (message: string) => void;
  readonly onProgress: OnProgress;
}

/**
 * Has answers judged, and keeps each reply in a file as it comes, so that the same command goes on where it was ended and asks
 * nothing twice. An answer whose grade cannot be read, or that the judge failed at, has none.
 */
export async function judgeAll(
  cases: readonly Case[],
  file: string,
  plan: JudgePlan,
): Promise<ReadonlyMap<string, Judgement>> {
  const handle = await open(file, "a");
  const kept = await keptReplies(file);
  const judgements = new Map<string, Judgement>();
  const judged = cases.filter(({ golden, answered }) => golden !== undefined && answered);
  const left = judged.values();
  let done = 0;
  async function work(): Promise<void> {
    for (const one of left) {
      plan.onProgress({ path: one.id, done: done++, total: judged.length });
      const key = keyOf(one, plan);
      const reply = kept.get(key) ?? (await replyTo(one, plan));
      const judgement = reply === undefined ? undefined : readJudgement(plan.judge, reply);
      if (judgement === undefined) {
        if (reply !== undefined)
          plan.onProblem(
            `No grade can be read from what the judge wrote of ${one.id}: ${beginningOf(reply)}`,
          );
        continue;
      }
      judgements.set(one.id, judgement);
      if (!kept.has(key)) await handle.appendFile(`${JSON.stringify({ key, id: one.id, reply })}\n`);
    }
  }
  try {
    await Promise.all(Array.from({ length: plan.concurrency }, work));
  } finally {
    await handle.close();
  }
  return judgements;
}

const SHOWN = 200;

function beginningOf(reply: string): string {
  const letters = Array.from(reply.trim().replaceAll(/\s+/g, " "));
  return letters.length > SHOWN ? `${letters.slice(0, SHOWN).join("")}…` : letters.join("");
}

function keyOf({ question, golden, answer }: Case, { judge, model }: JudgePlan): string {
  const judged = JSON.stringify([judge, model, question, golden, answer]);
  return createHash("sha256").update(judged).digest("hex").slice(0, 32);
}

async function keptReplies(file: string): Promise<ReadonlyMap<string, string>> {
  const kept = new Map<string, string>();
  for await (const line of createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity })) {
    const read = lineSchema.safeParse(parseJson(line));
    if (read.success) kept.set(read.data.key, read.data.reply);
  }
  return kept;
}

async function replyTo(
  { id, question, golden = [], answer }: Case,
  { judge, ask, signal, onProblem }: JudgePlan,
): Promise<string | undefined> {
  const messages = judgePrompt(judge, { question, golden, answer }).map(({ role, content }) =>
    role === "system" ? new SystemMessage(content) : new HumanMessage(content),
  );
  try {
    return (await ask({ messages, context: { temperature: 0, maxTokens: JUDGE_TOKENS }, signal })).content;
  } catch (error) {
    if (signal.aborted) throw error;
    onProblem(`The judge failed at ${id}: ${messageOf(error)}`);
    return undefined;
  }
}

/** A model that thinks first needs some. */
const JUDGE_TOKENS = 4096;
