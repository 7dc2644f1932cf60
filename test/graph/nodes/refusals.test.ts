import { expect, test } from "vitest";
import { protocols } from "../../../src/protocol/index.ts";
import { ask, call, scripted } from "../agent.ts";

const REFUSALS = [
  "Not found in the sources.",
  "**Not found in the sources:** who founded it is told nowhere.",
  "The sources do not contain the answer.",
  "I could not find this in the sources. The documents do not mention it.",
  "I'm sorry, but I was unable to find it.",
  "No information about this was found.",
  "In den Quellen nicht gefunden",
  "Die Quellen enthalten keine Antwort auf diese Frage.",
  "Ich konnte dazu leider nichts finden.",
  "Introuvable dans les sources.",
  "Je n'ai pas trouvé la réponse.",
  "No se encontró en las fuentes.",
  "Las fuentes no contienen la respuesta.",
  "Non trovato nelle fonti.",
  "Não encontrado nas fontes.",
  "Niet gevonden in de bronnen.",
  "В источниках ответа не найдено.",
  "Nie znaleziono tego w źródłach.",
  "在来源中没有找到答案。",
  "出典には答えが見つかりませんでした。",
  "출처에서 답을 찾지 못했습니다.",
  "None of the sources answers this.",
  "Nothing about it is in the sources.",
  "Dazu gibt es keine Angaben in den Quellen.",
  "Les sources ne précisent pas la date.",
  "Los documentos no mencionan al autor.",
  "Le fonti non riportano la data.",
  "Os documentos não mencionam o autor.",
  "De bronnen vermelden geen datum.",
  "Источники не называют автора.",
  "Dokumenty nie podają daty.",
  "来源中没有提到作者。",
  "我无法确定其作者。",
  "המקורות אינם מציינים את המחבר.",
  "المصادر لا تذكر المؤلف.",
  "資料には著者が記載されていません。",
  "문서에는 저자가 언급되어 있지 않습니다.",
] as const;

test.each(REFUSALS)("%s is no answer, whoever wrote it", async (text) => {
  const { agent } = scripted([call("a"), `Hm.\n</think>\n\n${text}`]);
  const { state, events } = await ask(agent, "Q?");
  expect(state).toMatchObject({ answered: false, stopReason: "not-found", answer: text, uncited: [] });
  expect(events.at(-1)).toMatchObject({ type: "answer-end", answered: false, stopReason: "not-found" });
});

const ANSWERS = [
  "The sources do not name a founder, but it was Ada in 1999.",
  "The sources do not name the year. It was founded by Ada.",
  "Die Quellen nennen kein Jahr, aber Ada war es.",
  "来源没有提到年份，但是创始人是阿达。",
  "The archive was not found until 1999 [1].",
  "It does not exist any more [1].",
  "The sources do not mention a second edition [1].",
  "No.",
  // that a thing is not found, needed or published is told, not withheld
  "No documents are needed.",
  "The sources of the Nile are not in Egypt.",
  "The results were not published until 1999.",
  "The wreck was not found.",
  "He could not answer the question.",
  "Die Quellen des Nils liegen nicht in Ägypten.",
  "Das Wrack konnte nicht gefunden werden.",
  "Les sources de la Seine ne sont pas à Paris.",
  "Los documentos no son necesarios.",
  "No, i documenti non sono necessari.",
  "Os documentos não são obrigatórios.",
  "De documenten zijn niet nodig.",
  "Документы не нужны.",
  "Обломки не удалось найти.",
  "Nie znaleziono go nigdy.",
  "未找到凶手。",
  "这些文件不需要公证。",
  "המסמכים אינם נחוצים.",
  "الوثائق لا تلزم.",
  "犯人は見つかりませんでした。",
  "문서는 필요 없습니다.",
] as const;

test.each(ANSWERS)("%s is an answer", async (text) => {
  const { agent } = scripted([call("a"), `Hm.\n</think>\n\n${text}`]);
  const { state } = await ask(agent, "Q?");
  expect(state).toMatchObject({ answered: true, stopReason: "answered" });
});

test("a protocol with tags of its own for the answer is read as well", async () => {
  const said = "The sources do not contain the answer.";
  const { agent } = scripted([`I know.</think><answer>${said}</answer>`], {
    protocol: protocols["search-r1"],
  });
  expect((await ask(agent, "Q?")).state).toMatchObject({ answered: false, stopReason: "not-found" });
});
