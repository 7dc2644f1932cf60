import { describe, expect, test } from "vitest";
import { createTinyGguf, type Script } from "../../engine/tiny-gguf.ts";
import { modelOfBytes, notHere } from "./here.ts";

const CHATML_TAGS = [
  "<tool_call>",
  "</tool_call>",
  "<tool_response>",
  "</tool_response>",
  "<think>",
  "</think>",
];

const LLAMA_2 =
  "{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }} [/INST]{% else %}{{ m.content }}</s>{% endif %}{% endfor %}";
const OWN =
  "{% for m in messages %}<my:turn>{{ m.role }}\n{{ m.content }}</my:turn>{% endfor %}<my:turn>assistant\n{# <arg_key> #}";

/** A file whose vocabulary has these; `<|name|>` and numbered ones are control tokens for every model, and not listed. */
const FILES: readonly (readonly [name: string, script: Omit<Script, "edges">, tokens: readonly string[]])[] =
  [
    ["QwQ's own tags, which its file calls added words", { pieces: ["<td>", "</td>", "\t\t"] }, CHATML_TAGS],
    [
      "what it marks as control tokens, known or not",
      { pieces: [], control: ["[MY_TURN]", "<my eot>", "<s>", "<unused12>", "[control_7]"] },
      ["[MY_TURN]", "<my eot>", "<s>", ...CHATML_TAGS],
    ],
    [
      "added words that are known as tokens of some line, and no others",
      { pieces: ["[INST]", "[gMASK]", "]~b]", "<h1>", "hello", "[1]"] },
      [...CHATML_TAGS, "[INST]", "[gMASK]", "]~b]"],
    ],
    [
      "added words that its template writes",
      { pieces: ["<my:turn>", "</my:turn>", "<my:word>"], template: OWN },
      [...CHATML_TAGS, "<my:turn>", "</my:turn>"],
    ],
  ];

describe.skipIf(notHere !== "")(`the vocabulary of a GGUF file${notHere}`, () => {
  test.each(FILES)("tells %s", async (_, script, tokens) => {
    const { model } = modelOfBytes(createTinyGguf({ ...script, edges: [] }), { template: "file" });
    expect((await model.describe()).controlTokens).toEqual(tokens);
  });

  test("and its template says how its calls are asked for", async () => {
    for (const template of [LLAMA_2, OWN]) {
      const { model } = modelOfBytes(createTinyGguf({ pieces: [], edges: [], template }), {
        template: "file",
      });
      expect((await model.describe()).chatTemplate).toBe(template);
    }
  });
});
