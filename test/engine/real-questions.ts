import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** SmolLM2-135M-Instruct, and an adapter that teaches it to search (see `test/fixtures/model/README.md`). */
export const MODEL = fileURLToPath(
  new URL("../../.engine/small-model/SmolLM2-135M-Instruct.Q4_1.gguf", import.meta.url),
);
export const ADAPTER = fileURLToPath(
  new URL("../fixtures/model/smollm2-135m-search-lora.gguf", import.meta.url),
);

/** Why there are no real weights here; `undefined` where there are. */
export const WHY_NO_WEIGHTS: string | undefined = existsSync(MODEL)
  ? undefined
  : "real weights are not here; `sh scripts/get-small-model.sh` fetches them";

/** Of things that there are not, so that no model has read of them. */
export const ARTICLES: readonly { readonly title: string; readonly url: string; readonly text: string }[] = [
  article("Halrader Fair", [
    "The Halrader Fair takes place in Morenburg. It is held every May.",
    "Kelra Valmont organises the Halrader Fair. It goes back to 1874.",
  ]),
  article("Morenburg", [
    "Morenburg lies in the region of Galia. The river Feln flows through Morenburg.",
    "Morenburg has 41,207 inhabitants. The mayor of Morenburg is Dorlia Wenstad.",
  ]),
  article("Kelra Valmont", [
    "Kelra Valmont was born in 1931. Kelra Valmont comes from the town of Torinford.",
    "By profession Kelra Valmont is a geologist. The employer of Kelra Valmont is Palder Works.",
  ]),
  article("Palder Works", [
    "Palder Works makes lanterns. The headquarters of Palder Works are in Torinford.",
    "Palder Works was founded in 1902. Ormi Sadale founded Palder Works.",
  ]),
  article("Torinford", [
    "Torinford is a town in Norshire. Torinford stands on the river Yorva.",
    "The population of Torinford is 9,630. Ormi Sadale is the mayor of Torinford.",
  ]),
  article("Star of Cressmouth", [
    "The Star of Cressmouth was built by Palder Works. The home port of the Star of Cressmouth is Morenburg.",
    "The Star of Cressmouth was launched in 1911. The Star of Cressmouth is 88 metres long.",
  ]),
  article("Ormi Sadale", [
    "Ormi Sadale was born in the town of Morenburg. Ormi Sadale works as a jurist.",
    "1888 is the year in which Ormi Sadale was born.",
  ]),
  article("The Amber Tower of Lunda", [
    "The Amber Tower of Lunda was written by Kelra Valmont. The Amber Tower of Lunda was published in 1969.",
    "The Amber Tower of Lunda is a travel memoir. The publisher is Palder Works.",
  ]),
];

function article(title: string, sentences: readonly string[]) {
  const url = `https://wiki.example.org/${title.toLowerCase().replaceAll(" ", "-")}`;
  return { title, url, date: "2021-05-11", text: sentences.join(" ") };
}

/** What is asked, what the answer is, and how often has to be searched for it. */
export interface Question {
  readonly question: string;
  readonly answer: string;
  /** How many it takes. */
  readonly searches: number;
}

export const QUESTIONS: readonly Question[] = [
  { question: "Who is the mayor of Morenburg?", answer: "Dorlia Wenstad", searches: 1 },
  { question: "What does Palder Works make?", answer: "lanterns", searches: 1 },
  { question: "When was the Star of Cressmouth launched?", answer: "1911", searches: 1 },
  { question: "In which year was Kelra Valmont born?", answer: "1931", searches: 1 },
  { question: "What is the profession of Kelra Valmont?", answer: "geologist", searches: 1 },
  { question: "Who wrote The Amber Tower of Lunda?", answer: "Kelra Valmont", searches: 1 },
  { question: "What is the river of the town of Halrader Fair?", answer: "Feln", searches: 2 },
  {
    question: "What is the profession of the author of The Amber Tower of Lunda?",
    answer: "geologist",
    searches: 2,
  },
  {
    question: "Tell me the population of the birthplace of Kelra Valmont.",
    answer: "9,630",
    searches: 2,
  },
  {
    question: "Tell me the product of the builder of Star of Cressmouth.",
    answer: "lanterns",
    searches: 2,
  },
];
