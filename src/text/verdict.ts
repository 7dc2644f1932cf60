/** The languages that the offline reader frames its answers in. */
export type Language = "en" | "de" | "fr" | "es" | "zh" | "ja" | "ko";

/** How an answer says by itself that it is none. */
export type Verdict = "not-found" | "passage";

/** What such an answer begins with, in each language. */
export const VERDICTS: Readonly<Record<Verdict, Readonly<Record<Language, string>>>> = {
  "not-found": {
    en: "Not found in the sources",
    de: "In den Quellen nicht gefunden",
    fr: "Introuvable dans les sources",
    es: "No se encontró en las fuentes",
    zh: "在来源中没有找到答案",
    ja: "出典には答えが見つかりませんでした",
    ko: "출처에서 답을 찾지 못했습니다",
  },
  passage: {
    en: "The closest passage, which may not answer it:",
    de: "Die nächstliegende Stelle, die vielleicht keine Antwort ist:",
    fr: "Le passage le plus proche, qui ne répond peut-être pas à la question :",
    es: "El pasaje más cercano, que quizá no responda a la pregunta:",
    zh: "最接近的段落，未必能回答这个问题：",
    ja: "最も近い箇所です。答えではないかもしれません：",
    ko: "가장 가까운 구절이며, 답이 아닐 수 있습니다:",
  },
};

/** The verdict that an answer begins with, whoever wrote it; marks of emphasis in front of it do not hide it. */
export function verdictOf(answer: string): Verdict | null {
  const text = answer.replace(/^[\s*_#>"“„«「]+/u, "").toLowerCase();
  const begins = (verdict: Verdict): boolean =>
    Object.values(VERDICTS[verdict]).some((words) => text.startsWith(words.toLowerCase()));
  return begins("not-found") ? "not-found" : begins("passage") ? "passage" : null;
}
