/** Renders what the models' own chat templates make of the conversation of the golden tests: `-- FOLDER [SOURCE]`. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Template } from "@huggingface/jinja";
import type { ModelDescription } from "../src/model/model.ts";
import { ScriptedModel } from "../src/model/scripted.ts";
import { lineOf } from "../src/model/template/lines.ts";
import {
  holdSecond,
  messagesOf,
  saidBy,
  type TemplateMessage,
} from "../test/model/template/lines/conversation.ts";
import { fixtureOf, GOLDEN_LINES } from "../test/model/template/lines/table.ts";

const [folder, source = "a folder of templates"] = process.argv.slice(2);
if (folder === undefined) {
  throw new Error("Name the folder of templates, such as models/templates of llama.cpp, and its source.");
}

/**
 * The library's lists have neither `append` nor `pop`, which Kimi's template calls: the same as assignments. The end of
 * MiroThinker's, which it cannot read, writes nothing.
 */
function inItsWords(template: string): string {
  return template
    .replaceAll(/set _ = ([\w.]+)\.append\((\w+)\)/g, "set $1 = $1 + [$2]")
    .replaceAll(/(set \w+ = ([\w.]+))\.pop\(0\) -%\}/g, "$1[0] -%}{%- set $2 = $2[1:] -%}")
    .replace(/\{#- =+ Workaround for llama\.cpp crashing[^]*$/, "");
}

/** Says what it is told, as a model of the line that its name tells. */
class LineModel extends ScriptedModel {
  override async describe(signal?: AbortSignal): Promise<ModelDescription> {
    const row = lineOf({ name: this.modelName });
    const line = row && { line: { name: row.name, rethinks: row.rethinks } };
    return { ...(await super.describe(signal)), ...line };
  }
}

for (const line of GOLDEN_LINES) {
  const text = readFileSync(join(folder, line.template), "utf8");
  const template = new Template(inItsWords(text));
  const render = (messages: readonly TemplateMessage[], open: boolean): string =>
    template
      .render({
        messages: [...messages],
        add_generation_prompt: open,
        enable_thinking: true,
        thinking: true,
        bos_token: "",
      })
      // harmony's template asks the clock
      .replace(/(?<=^Current date: )\d{4}-\d\d-\d\d$/m, "2026-11-22");
  const model = new LineModel(saidBy(line), { modelName: line.model });
  const { asked, answer } = messagesOf(await holdSecond(model), line);
  const fixture = {
    template: line.template,
    source,
    sha256: createHash("sha256").update(text).digest("hex"),
    prompt: render(asked, true),
    answered: render([...asked, answer], false),
  };
  const file = fixtureOf(line);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, `${JSON.stringify(fixture, null, 2)}\n`);
  process.stdout.write(`${line.model}: ${Buffer.byteLength(fixture.prompt)} bytes\n`);
}
