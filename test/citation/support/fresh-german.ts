import type { Planted } from "./planted.ts";

/** Written before any of it was run: about other things, in other words. */
export const FRESH_GERMAN: Planted = {
  language: "German",
  sources: [
    {
      number: 1,
      title: "Seilbahn Hochgrat",
      text: `Die Seilbahn auf den Hochgrat wurde am 19. Juli 1972 eingeweiht. Sie überwindet 850 Höhenmeter in elf Minuten und befördert bis zu 480 Personen je Stunde. Der Bau kostete 14,6 Millionen Mark. Betriebsleiterin Ulrike Senn geht 2026 in den Ruhestand. Fahrräder werden nicht mitgenommen. Bei Wind über 80 km/h wird der Betrieb eingestellt. Die Gondeln wurden 2009 erneuert; der Fahrpreis stieg seither von 18 auf 24,50 Euro. Eine Verlängerung bis zum Gipfel lehnte der Gemeinderat ab. „Wir fahren lieber sicher als schnell“, sagte Senn.`,
    },
    {
      number: 2,
      title: "Studie zu Lärm und Schlaf",
      text: `Für die Studie wurden 1.420 Menschen in Leipzig und Graz befragt. 37 Prozent der Befragten an Hauptstraßen schlafen schlecht, in ruhigen Vierteln sind es 21 Prozent. Frauen berichteten häufiger von Problemen als Männer. Lärmschutzfenster könnten nach Ansicht der Forscher helfen. Geleitet wurde die Untersuchung von Professor Anton Kühn, bezahlt hat sie die Stiftung Stillwerk. Medikamente wurden nicht erfasst. Die Ergebnisse erschienen im März 2024.`,
    },
    {
      number: 3,
      title: "Vereine",
      text: `| Verein | Gegründet | Mitglieder | Beitrag |
| --- | --- | --- | --- |
| TSV Lohberg | 1898 | 2.310 | 84 Euro |
| SV Haidau | 1921 | 640 | 60 Euro |
| Turnerbund Ried | 1954 | 1.175 | 96 Euro |

Der TSV Lohberg hat keine Schwimmabteilung. Der SV Haidau spielte 2022 zum letzten Mal in der Landesliga.`,
    },
  ],
  sentences: [
    ["true", 1, "Eingeweiht wurde die Hochgratbahn am 19.07.1972."],
    ["true", 1, "In 11 Minuten überwindet sie einen Höhenunterschied von 850 Metern."],
    ["true", 1, "Man darf keine Fahrräder mitnehmen."],
    ["true", 1, "Der Gemeinderat war gegen eine Verlängerung bis zum Gipfel."],
    ["true", 1, "Eine Fahrt kostet inzwischen 24,50 €."],
    ["true", 1, "Ulrike Senn hört 2026 als Betriebsleiterin auf."],
    ["true", 2, "Befragt wurden 1420 Personen aus Leipzig und Graz."],
    ["true", 2, "An Hauptstraßen schlafen 37 % der Befragten schlecht."],
    ["true", 2, "Finanziert wurde die Studie von der Stiftung Stillwerk."],
    ["true", 2, "Männer berichteten seltener von Schlafproblemen als Frauen."],
    ["true", 3, "Der TSV Lohberg wurde 1898 gegründet und hat 2310 Mitglieder."],
    ["true", 3, "Eine Schwimmabteilung gibt es beim TSV Lohberg nicht."],
    ["number", 1, "Der Bau kostete 146 Millionen Mark."],
    ["number", 1, "Die Bahn braucht für die Strecke zwölf Minuten."],
    ["number", 2, "In ruhigen Vierteln schlafen 37 Prozent schlecht."],
    ["number", 1, "Der Fahrpreis stieg von 24,50 auf 18 Euro."],
    ["date", 1, "Die Bahn wurde am 19. Juni 1972 eingeweiht."],
    ["date", 2, "Die Ergebnisse erschienen im Mai 2024."],
    ["unit", 1, "Bei Wind über 80 Metern je Sekunde steht die Bahn still."],
    ["unit", 1, "Der Bau kostete 14,6 Millionen Franken."],
    ["name", 2, "Geleitet wurde die Untersuchung von Professor Alfred Kühne."],
    ["name", 2, "Befragt wurden Menschen in Leipzig und Linz."],
    ["negated", 1, "Fahrräder werden mitgenommen."],
    ["negated", 1, "Der Gemeinderat hat der Verlängerung zugestimmt."],
    ["negated", 2, "Auch Medikamente wurden erfasst."],
    ["negated", 3, "Der TSV Lohberg hat eine Schwimmabteilung."],
    ["comparison", 2, "Männer berichteten häufiger von Problemen als Frauen."],
    ["comparison", 1, "Seit 2009 ist der Fahrpreis gesunken."],
    ["exaggerated", 2, "Lärmschutzfenster helfen immer."],
    ["quote", 1, "Senn sagte: „Wir fahren lieber schnell als sicher.“"],
    ["row", 3, "Der SV Haidau verlangt 84 Euro Beitrag."],
    ["row", 3, "Der Turnerbund Ried wurde 1921 gegründet."],
    ["merged", 1, "Die Seilbahn wurde von der Stiftung Stillwerk bezahlt."],
    ["absent", 1, "Am Gipfel steht ein Restaurant mit Terrasse."],
    ["absent", 2, "Hunde bellen in der Stadt öfter als auf dem Land."],
  ],
};
