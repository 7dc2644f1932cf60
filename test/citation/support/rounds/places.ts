import type { Planted } from "../planted.ts";

/** Written before any of it was run: places and buildings, as an encyclopaedia has them. */
export const PLACES: readonly Planted[] = [
  {
    language: "English",
    sources: [
      {
        number: 1,
        title: "Isle of Corran",
        text: `Corran is an island of 83 square kilometres off the coast of Vellmark. In 2021 it had 1,764 inhabitants, most of whom work in fishing. A causeway opened in 1973 replaced the ferry. The highest hill, Ben Udal, reaches 412 metres. There are no snakes on the island. The whisky distillery, closed during the war, resumed work in 1947 and now exports to thirty countries. Schooling beyond the age of twelve is not offered, so older pupils travel to Vellmark. In a vote in 2015, 58 per cent opposed a wind farm. Corran lost its hospital in 2009; the nearest one is 34 km away.`,
      },
    ],
    sentences: [
      ["true", 1, "Corran covers an area of 83 km²."],
      ["true", 1, "The island had 1764 inhabitants in 2021."],
      ["true", 1, "Most islanders work in fishing."],
      ["true", 1, "Since 1973 a causeway has taken the place of the ferry."],
      ["true", 1, "Ben Udal is the highest hill, at 412 m."],
      ["true", 1, "Snakes do not live on the island."],
      ["true", 1, "The distillery resumed work in 1947 after closing during the war."],
      ["true", 1, "Thirty countries import whisky from the island's distillery."],
      ["true", 1, "A wind farm was opposed by 58% in a 2015 vote."],
      ["true", 1, "The island has had no hospital since 2009."],
      ["true", 1, "Pupils older than twelve go to school in Vellmark."],
      ["true", 1, "The nearest hospital is 34 kilometres away."],
      ["number", 1, "In a vote in 2015, 85 per cent opposed a wind farm."],
      ["number", 1, "Ben Udal reaches 421 metres."],
      ["number", 1, "The distillery exports to thirteen countries."],
      ["negated", 1, "There are snakes on the island."],
      ["negated", 1, "The ferry was not replaced."],
      ["negated", 1, "Schooling beyond the age of twelve is offered."],
      ["negated", 1, "The distillery never resumed work after the war."],
      ["negated", 1, "Corran still has its hospital."],
      ["comparison", 1, "In a vote in 2015, 58 per cent supported a wind farm."],
    ],
  },
  {
    language: "German",
    sources: [
      {
        number: 1,
        title: "Sternwarte Hellberg",
        text: `Die Sternwarte Hellberg liegt auf 1.120 Metern Höhe und gehört der Universität Ansburg. Sie wurde 1908 eingeweiht. Ihr größtes Fernrohr hat einen Spiegel von 1,2 Metern Durchmesser. Öffentliche Führungen gibt es jeden ersten Freitag im Monat; eine Anmeldung ist nicht nötig. Seit 2003 wird dort nicht mehr geforscht. Leiterin ist Dr. Maren Voss. Der Eintritt kostet 6 Euro, Kinder zahlen nichts.`,
      },
    ],
    sentences: [
      ["true", 1, "Die Sternwarte gehört zur Universität Ansburg und liegt 1120 m hoch."],
      ["true", 1, "Eingeweiht wurde sie im Jahr 1908."],
      ["true", 1, "Der Spiegel des größten Fernrohrs misst 1,2 m im Durchmesser."],
      ["true", 1, "Am ersten Freitag jedes Monats finden öffentliche Führungen statt."],
      ["true", 1, "Man muss sich nicht anmelden."],
      ["true", 1, "Geforscht wird dort seit 2003 nicht mehr."],
      ["true", 1, "Für Kinder ist der Eintritt frei."],
      ["true", 1, "Dr. Maren Voss leitet die Sternwarte."],
      ["negated", 1, "Eine Anmeldung ist nötig."],
      ["negated", 1, "Dort wird bis heute geforscht."],
      ["negated", 1, "Kinder zahlen ebenfalls 6 Euro."],
      ["number", 1, "Die Sternwarte liegt auf 1.210 Metern Höhe."],
      ["number", 1, "Führungen gibt es jeden dritten Freitag im Monat."],
    ],
  },
  {
    language: "Chinese",
    sources: [
      {
        number: 1,
        title: "白塔山公园",
        text: `白塔山公园占地42公顷，1959年对外开放。白塔高31米，建于明代。公园门票自2018年起免费。园内不允许骑自行车。每年约有260万人游览公园。湖面冬季结冰，游船停运。`,
      },
    ],
    sentences: [
      ["true", 1, "公园面积为42公顷。"],
      ["true", 1, "1959年公园对外开放。"],
      ["true", 1, "白塔高度为31米，是明代建造的。"],
      ["true", 1, "2018年以后，公园不收门票。"],
      ["true", 1, "公园里禁止骑自行车。"],
      ["true", 1, "每年约260万人来公园游览。"],
      ["negated", 1, "园内允许骑自行车。"],
      ["negated", 1, "冬季湖面不结冰。"],
      ["number", 1, "白塔高13米。"],
      ["number", 1, "每年约有620万人游览公园。"],
    ],
  },
  {
    language: "Arabic",
    sources: [
      {
        number: 1,
        title: "قلعة الرمان",
        text: `بنيت قلعة الرمان عام ١٢٤٣ على تلة ارتفاعها ١٨٠ مترا. رممتها وزارة الثقافة بين عامي ٢٠٠٨ و٢٠١١. لا يسكن القلعة أحد. للقلعة سبعة أبراج، انهار اثنان منها في زلزال ١٧٥٩. زارها ٤٢ ألف سائح في عام ٢٠٢٢.`,
      },
    ],
    sentences: [
      ["true", 1, "شيدت قلعة الرمان في عام 1243."],
      ["true", 1, "ارتفاع التلة 180 مترا."],
      ["true", 1, "رممت وزارة الثقافة القلعة من 2008 إلى 2011."],
      ["true", 1, "القلعة غير مسكونة."],
      ["true", 1, "للقلعة 7 أبراج."],
      ["true", 1, "في عام 2022 زار القلعة 42 ألف سائح."],
      ["negated", 1, "لم ترمم وزارة الثقافة القلعة."],
      ["negated", 1, "لم ينهر أي برج في زلزال ١٧٥٩."],
      ["number", 1, "زارها ٢٤ ألف سائح في عام ٢٠٢٢."],
      ["number", 1, "للقلعة تسعة أبراج."],
    ],
  },
];
