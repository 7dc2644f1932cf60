import { expect, test } from "vitest";
import { conclude } from "../../../src/model/offline/conclusion.ts";
import { readSources } from "../../../src/model/offline/sources.ts";
import { readQuestion } from "../../../src/model/offline/question.ts";
import { smallTalk } from "../../../src/model/offline/wording.ts";
import { verdictOf } from "../../../src/text/verdict.ts";
import { splitWords } from "../../../src/text/words.ts";
import { NOTES } from "./notes.ts";

const sources = readSources(NOTES.map(({ title, text }, at) => ({ number: at + 1, title, text })));

const ANSWERED: readonly (readonly [string, string])[] = [
  ["What is the wifi password?", "- Wifi password: tangerine [1]\n\n- WLAN-Passwort: Sonnenblume [4]"],
  ["wifi password", "- Wifi password: tangerine [1]\n\n- WLAN-Passwort: Sonnenblume [4]"],
  ["What's the Wi-Fi password?", "Wifi password: tangerine [1]"],
  ["What is the IP of the printer?", "Printer IP: 10.0.4.17 [1]"],
  ["When does the office close on Fridays?", "On Fridays it closes at 16:00 [1]."],
  ["When does the office open?", "The office opens at 8:30 and closes at 18:00 [1]."],
  ["Who is the office manager?", "Role: Office manager; Name: Ingrid Solheim; Phone: 555-0142 [1]"],
  ["What is Marco Bianchi's phone number?", "Role: IT support; Name: Marco Bianchi; Phone: 555-0177 [1]"],
  ["What is the phone number of the accountant?", "Role: Accountant; Name: Priya Nair; Phone: 555-0199 [1]"],
  ["Where do visitors park?", "Visitors park in lot C [1]."],
  ["Is parking allowed in front of gate B?", "Parking is not allowed in front of gate B [1]."],
  [
    "How do I roll back a release?",
    "To roll back a release, run [2]:\n\n```\nkubectl rollout undo deployment/web\n```",
  ],
  ["How long are backups kept?", "Backups are made every night at 02:00 and kept for 30 days [2]."],
  ["When are backups made?", "Backups are made every night at 02:00 and kept for 30 days [2]."],
  ["Which port does the database use?", "The database runs PostgreSQL 16 on port 5433 [2]."],
  [
    "What is the production server called?",
    "The staging server is called heron; the production server is called osprey [2].",
  ],
  [
    "What is the staging server called?",
    "The staging server is called heron; the production server is called osprey [2].",
  ],
  ["Why did we choose PostgreSQL?", "We chose PostgreSQL because it supports row-level security [2]."],
  ["Where did we stay in Lisbon?", "We flew with TAP on 4 May and stayed at Hotel Mundial [3]."],
  ["How much did the hotel cost?", "The hotel cost 140 euros per night [3]."],
  ["What was the budget of the trip?", "Trip to Lisbon, May 2024: Budget = 1200 EUR [3]"],
  ["Who lost the suitcase?", "Anna lost her suitcase [3]."],
  ["How long did the flight take?", "The flight took three hours [3]."],
  ["What should I pack?", "Packing list [3]:\n- passport [3]\n- sunscreen [3]\n- camera charger [3]"],
  ["Wie lang ist die Kündigungsfrist?", "Die Kündigungsfrist beträgt drei Monate zum Quartalsende [4]."],
  ["Wie hoch ist die Miete?", "Die monatliche Miete beträgt 2.450 Euro [4]."],
  [
    "Wer hat den Vertrag unterschrieben?",
    "Der Vertrag wurde am 12. Januar 2022 von Frau Keller unterschrieben [4].",
  ],
  [
    "Wann wurde der Vertrag unterschrieben?",
    "Der Vertrag wurde am 12. Januar 2022 von Frau Keller unterschrieben [4].",
  ],
  ["Wie lautet das WLAN-Passwort?", "WLAN-Passwort: Sonnenblume [4]"],
  ["Wer ist der Ansprechpartner?", "Ansprechpartner: Jörg Brandt [4]"],
  ["Wie viele Urlaubstage hat ein Mitarbeiter?", "Jeder Mitarbeiter hat 28 Urlaubstage im Jahr [4]."],
  ["Wer genehmigt Urlaubsanträge?", "Urlaubsanträge genehmigt Frau Schneider [4]."],
  ["Wann verfällt der Resturlaub?", "Resturlaub verfällt am 31. März [4]."],
  ["Combien de pommes faut-il ?", "Il faut six pommes, 200 g de farine et 100 g de beurre [5]."],
  ["Combien de temps dure la cuisson ?", "La cuisson dure 40 minutes à 180 degrés [5]."],
  ["De qui vient la recette ?", "La recette vient de ma grand-mère Odette [5]."],
  ["Quel est le mot de passe du coffre ?", "Mot de passe du coffre : violette [5]"],
  ["Où a lieu la réunion du conseil ?", "La réunion du conseil a lieu le 14 mars à Lyon [5]."],
  ["Quand a lieu la réunion du conseil ?", "La réunion du conseil a lieu le 14 mars à Lyon [5]."],
  ["¿Cuándo empezó el proyecto Colibrí?", "El proyecto Colibrí empezó en septiembre de 2021 [6]."],
  ["¿Quién es la directora del proyecto?", "La directora es Lucía Herrera [6]."],
  ["¿Cuál es la contraseña del servidor?", "Contraseña del servidor: girasol [6]"],
  ["¿Cuánto es el presupuesto del proyecto Colibrí?", "El presupuesto es de 80.000 euros [6]."],
  ["¿Dónde está la oficina?", "La oficina está en la calle Mayor 12, en Valencia [6]."],
  ["¿Se aceptan pagos en efectivo?", "No se aceptan pagos en efectivo [6]."],
  ["¿Cuándo es la reunión semanal?", "Reunión semanal: los martes a las 10:00 [6]"],
  ["青松水库建于哪一年？", "青松水库建于1968年，位于云南省东部 [7]。"],
  ["水库的容量是多少？", "水库的容量为三千万立方米 [7]。"],
  ["水库的负责人是谁？", "负责人是王建国 [7]。"],
  ["无线网密码是什么？", "无线网密码：向日葵 [7]"],
  ["会议是什么时候？", "会议时间：每周三下午两点 [7]"],
  ["青松水库在哪里？", "青松水库建于1968年，位于云南省东部 [7]。"],
  ["会議は何時ですか？", "会議は毎週火曜日の午前10時に3階の会議室で行います [8]。"],
  ["会議はどこで行いますか？", "会議は毎週火曜日の午前10時に3階の会議室で行います [8]。"],
  ["営業部の部長は誰ですか？", "営業部の部長は佐藤健一です [8]。"],
  ["有給休暇は何日ですか？", "有給休暇は年に20日です [8]。"],
  ["Wi-Fiのパスワードは何ですか？", "Wi-Fiのパスワード：ひまわり [8]"],
  ["저수량은 얼마인가요?", "청송 저수지의 저수량은 3천만 톤이다 [9]."],
  ["저수지는 언제 완공되었나요?", "저수지는 1972년에 완공되었다 [9]."],
  ["관리 책임자는 누구입니까?", "관리 책임자는 김민수이다 [9]."],
  ["와이파이 비밀번호는 무엇인가요?", "와이파이 비밀번호: 해바라기 [9]"],
  ["회의는 언제 하나요?", "회의는 매주 월요일 오전 9시에 2층 회의실에서 한다 [9]."],
  ["Who was absent from the board meeting?", "Board meeting 3 June 2025: Absent: Lars Ekström [10]"],
  ["What is the budget for 2026?", "The budget for 2026 was approved: 340,000 dollars [10]."],
  ["Who will lead the Halden project?", "Dana Whitfield will lead the Halden project [10]."],
  ["Will the warehouse in Tromsø be closed?", "The warehouse in Tromsø will not be closed [10]."],
  ["What does SLA mean?", "SLA means service level agreement [10]."],
  [
    "What does NDA stand for?",
    "The NDA (non-disclosure agreement) with Velmora expires on 30 September 2026 [10].",
  ],
  [
    "When does the NDA with Velmora expire?",
    "The NDA (non-disclosure agreement) with Velmora expires on 30 September 2026 [10].",
  ],
  [
    "How much does the Pro plan cost?",
    "The Pro plan costs 20 dollars a month and includes phone support, while the Basic plan is free and has no phone support [10].",
  ],
  [
    "Which plan includes phone support?",
    "The Pro plan costs 20 dollars a month and includes phone support, while the Basic plan is free and has no phone support [10].",
  ],
  [
    "What is the difference between the Pro plan and the Basic plan?",
    "The Pro plan costs 20 dollars a month and includes phone support, while the Basic plan is free and has no phone support [10].",
  ],
  [
    "Summarise the board meeting",
    "- Present: Dana Whitfield, Tomás Oliveira, Kenji Mori [10]\n- Absent: Lars Ekström [10]\n- The budget for 2026 was approved: 340,000 dollars [10].\n- Dana Whitfield will lead the Halden project [10].\n- The warehouse in Tromsø will not be closed [10].",
  ],
];

test.each(ANSWERED)("%s: %s", (question, answer) => {
  expect(conclude(readQuestion(question), sources)).toMatchObject({ kind: "answer", text: answer });
});

/** What the notes do not say, although they share words with it. */
const UNANSWERED: readonly (readonly [string, string])[] = [
  ["What is the safe code?", 'Not found in the sources: they say nothing about "safe" or "code".'],
  ["What is the VPN password?", 'Not found in the sources: they say nothing about "VPN".'],
  ["Who is the cleaning manager?", 'Not found in the sources: they say nothing about "cleaning".'],
  [
    "When does the office open on Sundays?",
    "Not found in the sources: no passage that was found answers this question.",
  ],
  ["What is the phone number of the janitor?", 'Not found in the sources: they say nothing about "janitor".'],
  [
    "How long are logs kept?",
    "The closest passage, which may not answer it:\n\nBackups are made every night at 02:00 and kept for 30 days [2].",
  ],
  ["Which port does Redis use?", 'Not found in the sources: they say nothing about "Redis".'],
  ["Why did we choose MongoDB?", 'Not found in the sources: they say nothing about "MongoDB".'],
  ["Who lost the passport?", "The closest passage, which may not answer it:\n\nAnna lost her suitcase [3]."],
  [
    "How much did the train cost?",
    "The closest passage, which may not answer it:\n\nThe hotel cost 140 euros per night [3].",
  ],
  ["Wie hoch ist die Kaution?", "In den Quellen nicht gefunden: sie sagen nichts über „Kaution“."],
  [
    "Wer hat den Kaufvertrag unterschrieben?",
    "Die nächstliegende Stelle, die vielleicht keine Antwort ist:\n\nDer Vertrag wurde am 12. Januar 2022 von Frau Keller unterschrieben [4].",
  ],
  ["Wie lautet das VPN-Passwort?", "In den Quellen nicht gefunden: sie sagen nichts über „VPN“."],
  [
    "Wie viele Krankheitstage hat ein Mitarbeiter?",
    "Die nächstliegende Stelle, die vielleicht keine Antwort ist:\n\nJeder Mitarbeiter hat 28 Urlaubstage im Jahr [4].",
  ],
  ["Combien d'oeufs faut-il ?", "Introuvable dans les sources : elles ne disent rien sur « oeufs »."],
  [
    "Qui est le directeur du conseil ?",
    "Le passage le plus proche, qui ne répond peut-être pas à la question :\n\nLa réunion du conseil a lieu le 14 mars à Lyon [5].",
  ],
  [
    "¿Quién es el contable del proyecto?",
    "El pasaje más cercano, que quizá no responda a la pregunta:\n\nEl proyecto Colibrí empezó en septiembre de 2021 [6].",
  ],
  [
    "¿Cuándo termina el proyecto Colibrí?",
    "El pasaje más cercano, que quizá no responda a la pregunta:\n\nEl proyecto Colibrí empezó en septiembre de 2021 [6].",
  ],
  ["水库的深度是多少？", "在来源中没有找到答案：其中没有提到“深度”。"],
  ["谁设计了青松水库？", "最接近的段落，未必能回答这个问题：\n\n青松水库建于1968年，位于云南省东部 [7]。"],
  [
    "社長は誰ですか？",
    "出典には答えが見つかりませんでした：見つかった箇所はどれもこの質問に答えていません。",
  ],
  [
    "저수지의 깊이는 얼마인가요?",
    "가장 가까운 구절이며, 답이 아닐 수 있습니다:\n\n청송 저수지의 저수량은 3천만 톤이다 [9].",
  ],
  [
    "Who approved the Halden project?",
    "The closest passage, which may not answer it:\n\nDana Whitfield will lead the Halden project [10].",
  ],
  [
    "When does the contract with Quorum expire?",
    'Not found in the sources: they say nothing about "Quorum".',
  ],
  ["What does RFQ stand for?", "Not found in the sources: no passage that was found answers this question."],
  ["What is the budget for 2027?", 'Not found in the sources: they say nothing about "2027".'],
  [
    "How much does the Enterprise plan cost?",
    'Not found in the sources: they say nothing about "Enterprise".',
  ],
  ["What is the weather in Oslo?", 'Not found in the sources: they say nothing about "weather" or "Oslo".'],
  ["Who wrote Hamlet?", 'Not found in the sources: they say nothing about "Hamlet".'],
];

test.each(UNANSWERED)("%s: %s", (question, answer) => {
  const conclusion = conclude(readQuestion(question), sources);
  expect(conclusion.text).toBe(answer);
  expect(verdictOf(conclusion.text)).toBe(conclusion.kind);
});

test("a refusal never names a word that stands in a shown source, in any form of it", () => {
  const all = [...new Set(NOTES.flatMap(({ text }) => splitWords(text)))].filter((word) => word.length > 1);
  const words = all.filter((_, at) => at % 3 === 0);
  const ways = [
    "What is the zzyzx of WORD?",
    "Who zzyzxed WORD?",
    "Was ist zzyzx WORD?",
    "WORDs zzyzx",
    "WORD 的 zzyzx 是谁？",
  ];
  const named = words.flatMap((word, at) =>
    [ways[at % ways.length] ?? ""]
      .filter((way) => /^\p{L}+$/u.test(word) || !way.includes("WORDs"))
      .map((way) => conclude(readQuestion(way.replace("WORD", word)), sources))
      .filter(({ kind }) => kind === "not-found")
      .flatMap(({ text }) => [...text.matchAll(/["„«“「]\s?([^"“”»「」]+?)\s?["“”»」]/gu)])
      .map((match) => match[1] ?? ""),
  );
  expect(new Set(named)).toEqual(new Set(["zzyzx", "zzyzxed"]));
});

test.each([
  ["hello", "Hello! Ask me what"],
  ["Hi there!", "Hello! Ask me what"],
  ["What can you do?", "Hello! Ask me what"],
  ["Danke!", "Gern geschehen. Fragen Sie"],
  ["Bonjour !", "Bonjour ! Demandez"],
  ["¡Hola!", "¡Hola! Pregunte"],
  ["你好", "你好！您可以问"],
  ["こんにちは", "こんにちは。文書に"],
  ["안녕하세요", "안녕하세요! 문서에"],
])("%s is small talk", (said, begins) => {
  expect(smallTalk(said, readQuestion(said).language)?.slice(0, begins.length)).toBe(begins);
});

test.each([
  "Hello world programs: who wrote the first?",
  "Who are you meeting on Friday?",
  "help desk phone number",
  "thanks to whom was it built?",
])("%s is a question", (question) => {
  expect(smallTalk(question, "en")).toBeUndefined();
});
