import { isBaseMessage, type BaseMessage } from "@langchain/core/messages";
import { z } from "zod";
import type { Durability, ThreadRow } from "../../durability/durability.ts";
import { threadUnknown } from "../../durability/lease.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { openGroups } from "../terminal/grouped-output.ts";
import { createPaint } from "../terminal/paint.ts";
import { printableJson } from "../terminal/printable.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { readThread } from "../thread-database.ts";
import { pageRun } from "../view/page-run.ts";
import { reportFile } from "../view/report-file.ts";
import { mergeSources, NOTHING_YET, readRecord } from "../view/run-record.ts";
import { showSources, withShortMarks } from "../view/source-list.ts";

const keptSchema = z.looseObject({
  messages: z.array(z.custom<BaseMessage>((value) => isBaseMessage(value))).default([]),
  question: z.string().default(""),
});

/**
 * Shows what was asked and answered on a thread, and the sources of its last answer. Nothing is asked or changed.
 *
 * @throws AgenticRagError `thread-unknown`
 */
export async function showThread(
  name: string,
  { book, checkpointer }: Durability,
  args: Arguments,
  surroundings: Surroundings,
): Promise<void> {
  const { stdout, environment, folder } = surroundings;
  const report = await reportFile(args, surroundings);
  const row = await book.find(name);
  if (row === undefined) throw threadUnknown(name);
  const values = keptSchema.parse(await readThread(checkpointer, name));
  const record = readRecord({ ...NOTHING_YET, ...values });
  const messages = values.messages.map((message) => ({
    role: message.type === "human" ? "user" : message.type === "ai" ? "assistant" : message.type,
    content: message.text,
  }));
  // a run that has not ended has left its question, and no answer
  if (messages.findLast(({ role }) => role === "user")?.content !== row.question)
    messages.push({ role: "user", content: row.question });
  if (report !== undefined) {
    const last = messages.findLastIndex(({ role }) => role === "user");
    const earlier = messages.slice(0, last).map(({ role, content: text }) => ({
      role: role === "user" ? ("user" as const) : ("assistant" as const),
      text,
    }));
    report([pageRun(record, { id: name, question: row.question, earlier, status: statusOf(row) })]);
  }
  if (args.switches.has("json")) {
    const { citations, sources } = record;
    stdout.write(
      `${printableJson({ thread: name, status: row.status, messages, citations, sources: mergeSources(sources) })}\n`,
    );
    return;
  }
  const paint = createPaint(stdout, { environment, noColor: args.switches.has("no-color") });
  const groups = openGroups(stdout, { environment, noColor: args.switches.has("no-color") });
  for (const [at, { role, content }] of messages.entries()) {
    if (role === "user") groups.line(`message ${at}`, `> ${content}`, paint.bold);
    else if (role === "assistant") groups.document(`message ${at}`, withShortMarks(content));
    else groups.line(`message ${at}`, content, paint.dim);
  }
  showSources({ groups, paint, folder }, record);
  if (messages.at(-1)?.role === "user") groups.line("end", "There is no answer yet.", paint.dim);
}

/** A run whose process is gone runs no more. */
function statusOf({ status, leasedUntil }: ThreadRow): "running" | "ended" {
  return status === "running" && leasedUntil > 0 ? "running" : "ended";
}
