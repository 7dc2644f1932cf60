import { expect, test } from "vitest";
import { conclude } from "../../../src/model/offline/conclusion.ts";
import { concludeParts, readParts } from "../../../src/model/offline/parts.ts";
import { readSources } from "../../../src/model/offline/sources.ts";
import { readQuestion } from "../../../src/model/offline/question.ts";

const CLINIC = `# Staff notes

## Sterilising instruments

1. Rinse the instruments in cold water.
2. Load the autoclave and choose programme B.

The Joint Procurement Board (JPB) approves all purchases above $5,000. Fridges are checked twice a day by the duty nurse.

Vaccines are stored at 4 °C. Blood samples, unlike vaccines, are stored at room temperature.`;
const WORKSHOP = `# Werkstattordnung

- Druckluft: maximal 8 bar
- WLAN-Schlüssel = Kastanie42
- WLAN Passwort: Ahorn

Im Unterschied zur Fräse hat die Drehbank keinen Not-Aus am Pedal. Die Drehbank wurde 2014 gekauft.

## Ölwechsel

1. Motor warm laufen lassen.
2. Neues Öl (5,2 Liter) einfüllen.

Altöl wird im Container hinter Halle 3 gesammelt.`;
const GITE = `Arrivée : à partir de 16 h
Départ : avant 10 h

La porte est fermée par la gardienne.`;
const FINCA = `La finca tiene cinco dormitorios. Fue construida en 1932 por Ramón Otero.

Para encender la caldera, gire la llave roja y espere dos minutos.`;

test.each([
  [
    CLINIC,
    "How are instruments sterilised?",
    "- Rinse the instruments in cold water [1].\n- Load the autoclave and choose programme B [1].",
  ],
  [
    CLINIC,
    "Who approves purchases above $5,000?",
    "The Joint Procurement Board (JPB) approves all purchases above $5,000 [1].",
  ],
  [CLINIC, "Who checks the fridges?", "Fridges are checked twice a day by the duty nurse [1]."],
  [CLINIC, "At what temperature are vaccines stored?", "Vaccines are stored at 4 °C [1]."],
  [WORKSHOP, "Wie hoch darf die Druckluft sein?", "Druckluft: maximal 8 bar [1]"],
  [WORKSHOP, "Wie lautet das WLAN-Passwort?", "WLAN Passwort: Ahorn [1]"],
  [WORKSHOP, "Wie viel Öl wird eingefüllt?", "Neues Öl (5,2 Liter) einfüllen [1]."],
  [
    WORKSHOP,
    "Was ist der Unterschied zwischen Fräse und Drehbank?",
    "Im Unterschied zur Fräse hat die Drehbank keinen Not-Aus am Pedal [1].",
  ],
  [GITE, "À quelle heure peut-on arriver ?", "Arrivée : à partir de 16 h [1]"],
  [GITE, "À quelle heure faut-il partir ?", "Départ : avant 10 h [1]"],
  [GITE, "Qui ferme la porte ?", "La porte est fermée par la gardienne [1]."],
  [FINCA, "¿Quién construyó la finca?", "Fue construida en 1932 por Ramón Otero [1]."],
  [
    FINCA,
    "¿Cómo se enciende la caldera?",
    "Para encender la caldera, gire la llave roja y espere dos minutos [1].",
  ],
])("%#", (text, question, answer) => {
  const { kind, text: said } = conclude(
    readQuestion(question),
    readSources([{ number: 1, title: "a", text }]),
  );
  expect({ kind, said }).toEqual({ kind: "answer", said: answer });
});

test.each([
  ["Wohin kommt das Altöl?", ["Altöl"]],
  ["Worin liegt der Vorteil?", ["Vorteil"]],
  ["À quoi sert la vanne ?", ["vanne"]],
  ["¿Adónde va el aceite?", ["aceite"]],
])("no word that asks is one of what %s is about", (question, terms) => {
  expect(
    readQuestion(question)
      .terms.map(({ text }) => text)
      .filter((text) => !/^(?:kommt|liegt|sert|va)$/u.test(text)),
  ).toEqual(terms);
});

const TALK = `Dr. Amara Okafor founded the clinic in 1998. Mei-Ling Tan took over as director in March 2016.

Die Werkstatt öffnet um 7:30 Uhr. Leiterin der Werkstatt ist Ute Hagemann.

La piscine est ouverte de mai à septembre.

La finca tiene cinco dormitorios. Fue construida en 1932 por Ramón Otero. La hora de entrada es a las 15:00.`;

test.each([
  [["Who founded the clinic?"], "And when?", "Dr. Amara Okafor founded the clinic in 1998 [1]."],
  // it names what it asks about, whatever was talked of before
  [
    ["Who founded the clinic?"],
    "Who is the director?",
    "Mei-Ling Tan took over as director in March 2016 [1].",
  ],
  [
    ["Who founded the clinic?", "Who is the director?"],
    "Since when?",
    "Mei-Ling Tan took over as director in March 2016 [1].",
  ],
  [["Wer leitet die Werkstatt?"], "Und wann öffnet sie?", "Die Werkstatt öffnet um 7:30 Uhr [1]."],
  [
    ["Wer leitet die Werkstatt?"],
    "Quand la piscine est-elle ouverte ?",
    "La piscine est ouverte de mai à septembre [1].",
  ],
  [["¿Quién construyó la finca?"], "¿Y cuándo?", "Fue construida en 1932 por Ramón Otero [1]."],
])("after %j, %s", (earlier, question, answer) => {
  const sources = readSources([{ number: 1, title: "a", text: TALK }]);
  const { kind, text } = concludeParts(readParts(question, earlier), sources);
  expect({ kind, text }).toEqual({ kind: "answer", text: answer });
});

const SHOP = `Opening times: Tue–Fri 9–18, Sat 10–14

We lend tools for 30 euros. A full service costs 85 euros and takes two days.

| Model | Weight |
|---|---|
| Finch | 9 kg |
| Heron | 13 kg |

- locks
- lights

E-bikes are serviced only by certified mechanics. The workshop moved from Kirchgasse 4 to Marktplatz 11.`;

test.each([
  ["Who services e-bikes?", "answer", "E-bikes are serviced only by certified mechanics [1]."],
  [
    "When is the shop open on Saturday?",
    "passage",
    "The closest passage, which may not answer it:\n\nShop: Opening times: Tue–Fri 9–18, Sat 10–14 [1]",
  ],
])("%s", (question, kind, text) => {
  const conclusion = conclude(
    readQuestion(question),
    readSources([{ number: 1, title: "Shop", text: SHOP }]),
  );
  expect(conclusion).toMatchObject({ kind, text });
});

test.each([
  "Which model is lighter?",
  "Which model is the heaviest?",
  "Which tool is the most expensive?",
  "Why did the workshop move?",
  "Welches Modell ist am leichtesten?",
])("%s is not answered by what does not compare or give a reason", (question) => {
  const sources = readSources([{ number: 1, title: "Shop", text: SHOP }]);
  expect(conclude(readQuestion(question), sources).kind).not.toBe("answer");
});

test("nobody says that nothing is said about a day that a span of days holds", () => {
  const sources = readSources([{ number: 1, title: "Shop", text: SHOP }]);
  expect(conclude(readQuestion("Is there a party on Wednesday?"), sources).text).not.toContain("Wednesday");
});
