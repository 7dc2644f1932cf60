import { expect, onTestFinished, test } from "vitest";
import { cleanText } from "../../../src/search/clean-text.ts";
import { indexDocuments } from "../../../src/search/local/index-builder.ts";
import { readIndexQuery } from "../../../src/search/local/terms/index-query.ts";

async function find(question: string, texts: readonly string[]): Promise<string[]> {
  const documents = texts.map((text, index) => ({
    title: `${index}`,
    url: `https://example.com/${index}`,
    text,
  }));
  const { index } = await indexDocuments({ documents, file: ":memory:" });
  onTestFinished(() => index.close());
  return index.find(question, 5).map((result) => result.text ?? "");
}

test.each([
  ["Versammlungen", "Die Versammlung ist im Mai und wird von Imke geleitet."],
  ["Wem gehören die Häuser?", "Das Haus am Deich gehört der Stadt."],
  ["cheval", "Les chevaux sont dans le pré avec les vaches."],
  ["Qui travaillait au phare ?", "Deux gardiens travaillaient sur le rocher."],
  ["trabajar", "Los vecinos trabajaron en el molino con sus hijos."],
  ["lavorare", "Gli operai lavorano nella torre con il custode."],
  ["trabalhar", "Os pescadores trabalharam no farol com os filhos."],
  ["discovering", "Hafnium was discovered in 1923."],
  ["저수량", "저수량은 삼천만 톤이다."],
  ["저수량은 얼마입니까?", "댐의 저수량을 매일 잰다."],
  ["물은", "이 강의 물이 맑다."],
  ["도서관에서는", "시립도서관이 문을 연다."],
  ["QwQ32B", "QwQ-32B is a model."],
  ["QwQ-32B", "QwQ32B is a model."],
  ["QwQ 32B", "QwQ32B is a model."],
  ["QwQ32B", "QwQ 32 B is a model."],
  ["Llama3", "Llama 3 is a model."],
  ["Llama 3", "Llama3 is a model."],
  ["LangGraph", "Lang Graph is a library."],
  ["Lang Graph", "LangGraph is a library."],
  ["parse ISBN", "parseIsbn() is a function."],
  ["email", "Write an e-mail."],
  ["e-mail", "Write an email."],
  ["wifi", "The Wi-Fi is slow."],
  ["écoliers", "L’école d’à côté est fermée, et les écoliers sont là."],
  ["email", "Write an e\u2011mail."],
  ["claim", "It is a claim¹ and no more."],
  ["Windows", "Made for Windows™."],
])("finds for %j what is written as %j", async (question, text) => {
  expect(await find(question, [text, "xyzzy"])).toEqual([text]);
});

/** Each is found for the other, with all its words. */
test.each([
  ["final office effort", "ﬁnal oﬃce eﬀort"],
  ["QwQ-32B", "ＱｗＱ－３２Ｂ"],
  ["river", "𝐫𝐢𝐯𝐞𝐫"],
  ["データベース", "ﾃﾞｰﾀﾍﾞｰｽ"],
  ["がぎぐ", "がぎぐ".normalize("NFD")],
  ["한국어 문서", "한국어 문서".normalize("NFD")],
  ["tiếng Việt", "tieng Viet"],
  ["Đường phố", "Duong pho"],
  ["人类", "⼈类"],
  ["น้ำดื่ม", "น้ำดื่ม".normalize("NFKC")],
  ["المدرسة", "المَدْرَسَةِ"],
  ["كتاب", "كتـــاب"],
  ["أحمد", "احمد"],
  ["مدرسة", "مدرسه"],
  ["کتاب علی", "كتاب علي"],
  ["كتاب", "ﻛﺘﺎﺏ"],
  ["می\u200cخواهم", "میخواهم"],
  ["שלום", "שָׁלוֹם"],
  ["हिन्दी", "हिंदी"],
  ["ज़मीन", "जमीन"],
  ["ακαδημία", "ΑΚΑΔΗΜΙΑ"],
  ["ёлка", "елка"],
  ["Łódź", "Lodz"],
  ["København", "Kobenhavn"],
  ["Ærø", "Aero"],
  ["Þórsmörk", "Thorsmork"],
  ["IĞDIR", "ığdır"],
  ["The Straße", "The Strasse"],
  ["cœur", "coeur"],
  ["Donaudampfschiff", "Donau\u00ADdampf\u00ADschiff"],
  ["H2O", "H₂O"],
  ["5 μm", "5 µm"],
  ["Chapter IV", "Chapter Ⅳ"],
  ["1234", "١٢٣٤"],
  ["1234", "१२३४"],
  ["2567", "๒๕๖๗"],
  ["1234567", "1,234,567"],
  ["1234567", "1.234.567"],
  ["1234567.25", "1’234’567.25"],
  ["1,234.5", "1.234,5"],
])("finds %j and %j for one another", async (one, other) => {
  for (const [question, text] of [
    [one, other],
    [other, one],
  ] as const) {
    const documents = [text, "xyzzy 7"].map((words, at) => ({ title: "", url: `u:${at}`, text: words }));
    const { index } = await indexDocuments({ documents, file: ":memory:" });
    onTestFinished(() => index.close());
    const found = index.rank(question, 5).map(({ result, holdsAll }) => [result.text, holdsAll]);
    expect(found).toEqual([[cleanText(text), true]]);
  }
});

test.each([
  ["casas", "Das Kasino ist im Haus und wird renoviert."],
  ["GPT", "GPTQ is a method."],
  ["2.5", "25 is a number."],
  ["1,23", "123 is a number."],
])("finds for %j nothing in %j", async (question, text) => {
  expect(await find(question, [text])).toEqual([]);
});

test("what is written as the question comes before what is only a form of it", async () => {
  const texts = ["Die Mühlen sind am Bach und werden gebaut.", "Die Mühle ist am Bach und wird gebaut."];
  expect(await find("Mühle", texts)).toEqual([texts[1], texts[0]]);
});

test.each([
  ["Wann wurde die Mühle gebaut?", ["Mühle", "gebaut"]],
  ["Où est le phare ?", ["phare"]],
  ["¿Dónde está el molino?", ["molino"]],
  ["What does die casting cost?", ["die", "casting", "cost"]],
])("reads %j without the function words of its language", (question, words) => {
  expect(readIndexQuery(question)?.terms).toEqual(words.map((word) => `"${word}"`));
});

test.each([
  ["licnese", "The license is MIT."],
  ["Which licnese has it?", "The License is MIT."],
  ["Postgers", "We use Postgres."],
  ["Zugriffsrehcte", "Die Zugriffsrechte werden vom Betrieb vergeben."],
  ["Zugrifsrehcte", "Die Zugriffsrechte werden vom Betrieb vergeben."],
  ["Geschäftsfürher", "Die Geschäftsführer sind Imke und Jan."],
  ["adress", "Its address is known."],
  ["hosue", "The house is red."],
  ["wfii", "The wifi is slow."],
  ["réglemnet", "Le règlement est affiché dans la salle."],
  ["contraseñja", "La contraseña es girasol y no se cambia."],
  ["договро", "Этот договор действует."],
  ["αδεαι", "Η αδεια ισχύει."],
  ["저수랑은 얼마입니까?", "저수량은 삼천만 톤이다."],
  ["스프린클러", "스프링클러는 매주 점검한다."],
  ["ミーティグ", "ミーティングは火曜日です。"],
  ["rehcnung", "Die Rechnung ist offen."],
])("finds for the mistyped %j what is written as %j", async (question, text) => {
  expect(await find(question, [text, "xyzzy"])).toEqual([text]);
});

test.each([
  ["Iran", "Iraq is a country."],
  ["Marta", "Maria was here."],
  ["painter", "It was painted."],
  ["B4ckup", "A backup is made."],
  ["parseIsnb", "parseIsbn is a function."],
  ["NASE", "NASA is an agency."],
  ["5344", "The port is 5433."],
  ["config.jsno", "See the json file."],
  ['"licnese"', "The license is MIT."],
  ["France", "It is in a trance."],
])("takes %j for itself, not for what %j says", async (question, text) => {
  expect(await find(question, [text])).toEqual([]);
});

test("a word that stands somewhere is no slip of another", async () => {
  const texts = ["The moth is grey.", "The month is grey."];
  expect(await find("moth", texts)).toEqual([texts[0]]);
});

test("of several words the likely one is the one that most passages hold", async () => {
  const texts = ["The license.", "My license is new.", "The likense."];
  expect(await find("lisense", texts)).toEqual([texts[0], texts[1]]);
});
