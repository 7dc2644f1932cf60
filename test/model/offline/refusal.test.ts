import * as fc from "fast-check";
import { expect, test } from "vitest";
import { assemble, createAgenticRag, readSettings } from "../../../src/index.ts";
import { indexDocuments } from "../../../src/search/local/index-builder.ts";
import { createLocalEngine } from "../../../src/search/local/local.ts";

/** Words of a language to write notes and questions of, the forms of a question, and how a refusal names words. */
interface Spoken {
  readonly words: readonly string[];
  readonly ask: (words: readonly string[]) => string;
  readonly silent: RegExp;
  readonly space: string;
}

const QUOTED = /["„“”「«]\s?([^"„“”「」«»]+?)\s?["“”」»]/gu;

const SPOKEN: Readonly<Record<string, Spoken>> = {
  en: {
    words:
      "password license warranty kettle Postgres printing printed deploys backup ferry walruses e-mail Wi-Fi".split(
        " ",
      ),
    ask: (words) => `What is the ${words.join(" ")}?`,
    silent: /they say nothing about (.*)\.$/mu,
    space: " ",
  },
  de: {
    words: "Zugriffsrechte Häuser Straße Vertrag kündigen gekündigt Deich Mühlen Rechnung Größe".split(" "),
    ask: (words) => `Wie lautet die ${words.join(" ")}?`,
    silent: /sie sagen nichts über (.*)\.$/mu,
    space: " ",
  },
  fr: {
    words: "phare règlement chevaux gardien cuisson recette réunion école l'été œuvre".split(" "),
    ask: (words) => `Quel est le ${words.join(" ")} ?`,
    silent: /elles ne disent rien sur (.*)\.$/mu,
    space: " ",
  },
  es: {
    words: "contraseña molino vecinos presupuesto reunión oficina año camión reuniones".split(" "),
    ask: (words) => `¿Cuál es el ${words.join(" ")}?`,
    silent: /no dicen nada sobre (.*)\.$/mu,
    space: " ",
  },
  zh: {
    words: "密码 水库 容量 负责人 会议 合同 打印机 许可证".split(" "),
    ask: (words) => `${words.join("的")}是什么？`,
    silent: /其中没有提到(.*)。$/mu,
    space: "",
  },
  ko: {
    words: "저수량 책임자 비밀번호 회의실 계약 도서관 스프링클러".split(" "),
    ask: (words) => `${words.join(" ")}은 무엇인가요?`,
    silent: /: (.*)에 대한 내용이 없습니다\.$/mu,
    space: " ",
  },
};

const parts = assemble(readSettings({ AGENTIC_RAG_MODEL_FAMILY: "offline" }));

/** Two letters of a word in each other's place. */
function slip(word: string, at: number): string {
  const letters = Array.from(word);
  const place = 1 + (at % Math.max(letters.length - 2, 1));
  return [
    ...letters.slice(0, place),
    letters[place + 1] ?? "",
    letters[place] ?? "",
    ...letters.slice(place + 2),
  ].join("");
}

test.each(Object.entries(SPOKEN))(
  "an answer never says that the sources say nothing about a word that stands in one (%s)",
  async (_, { words, ask, silent, space }) => {
    const some = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 });
    const note = fc.array(some, { minLength: 1, maxLength: 3 });
    const asked = fc.tuple(
      some,
      fc.option(fc.nat({ max: 9 }), { nil: undefined }),
      fc.constantFrom("", "zeppelin"),
    );
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(note, { minLength: 1, maxLength: 3 }),
        asked,
        async (notes, [about, at, other]) => {
          const documents = notes.map((lines, number) => ({
            title: `note ${number}`,
            url: `https://notes.test/${number}`,
            text: lines.map((line) => `${line.join(space)}.`).join("\n\n"),
          }));
          const { index } = await indexDocuments({ documents, file: ":memory:" });
          const agent = createAgenticRag({ ...parts, engine: createLocalEngine({ index }) });
          const typed = [
            ...about.map((word, place) => (place === 0 && at !== undefined ? slip(word, at) : word)),
            other,
          ];
          const { answer, sources } = await agent.invoke({
            question: ask(typed.filter((word) => word !== "")),
          });
          index.close();
          const denied = [...(silent.exec(answer)?.[1] ?? "").matchAll(QUOTED)].map(([, word = ""]) =>
            word.toLowerCase(),
          );
          refusals += denied.length;
          const shown = sources.map(({ title, text }) => `${title}\n${text}`.toLowerCase()).join("\n");
          expect(denied.filter((word) => shown.includes(word))).toEqual([]);
          // the right word stands in a source, so the slip of it is no reason to deny it
          const [right = ""] = about;
          const isHidden = at !== undefined && right.length > 5 && shown.includes(right.toLowerCase());
          const hidden = isHidden ? [slip(right, at).toLowerCase()] : [];
          expect(denied.filter((word) => hidden.includes(word))).toEqual([]);
        },
      ),
      { numRuns: 15, seed: 12 },
    );
    expect(refusals).toBeGreaterThan(0);
  },
);
