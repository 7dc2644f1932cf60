/** Small notes in seven languages, as people write them. */
export const NOTES: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: "office.md",
    text: `# Office notes

## Network

- Wifi network: Birchwood-Guest
- Wifi password: tangerine
- Printer IP: 10.0.4.17

## Opening hours

The office opens at 8:30 and closes at 18:00. On Fridays it closes at 16:00.

## Contacts

| Role | Name | Phone |
|---|---|---|
| Office manager | Ingrid Solheim | 555-0142 |
| IT support | Marco Bianchi | 555-0177 |
| Accountant | Priya Nair | 555-0199 |

Parking is not allowed in front of gate B. Visitors park in lot C.`,
  },
  {
    title: "runbook.md",
    text: `# Deployment runbook

## How to deploy

1. Run the tests with \`npm test\`.
2. Build the image.
3. Push the image to the registry.
4. Restart the service.

## Rolling back

To roll back a release, run:

\`\`\`
kubectl rollout undo deployment/web
\`\`\`

Backups are made every night at 02:00 and kept for 30 days. The database runs PostgreSQL 16 on port 5433. The staging server is called heron; the production server is called osprey.

We chose PostgreSQL because it supports row-level security.`,
  },
  {
    title: "trip.txt",
    text: `Trip to Lisbon, May 2024

We flew with TAP on 4 May and stayed at Hotel Mundial. The flight took three hours.
Anna lost her suitcase. The hotel cost 140 euros per night.
Dinner at Ramiro was the best meal.

Packing list:
- passport
- sunscreen
- camera charger

Budget = 1200 EUR`,
  },
  {
    title: "vertrag.md",
    text: `# Mietvertrag Lagerhalle

Die Kündigungsfrist beträgt drei Monate zum Quartalsende. Die monatliche Miete beträgt 2.450 Euro. Der Vertrag wurde am 12. Januar 2022 von Frau Keller unterschrieben.

Ansprechpartner: Jörg Brandt
Telefon: 030 4455667
WLAN-Passwort: Sonnenblume

## Urlaub

Jeder Mitarbeiter hat 28 Urlaubstage im Jahr. Urlaubsanträge genehmigt Frau Schneider. Resturlaub verfällt am 31. März.`,
  },
  {
    title: "recette.txt",
    text: `Recette de la tarte aux pommes

Il faut six pommes, 200 g de farine et 100 g de beurre.
La cuisson dure 40 minutes à 180 degrés.
La recette vient de ma grand-mère Odette.

Mot de passe du coffre : violette
La réunion du conseil a lieu le 14 mars à Lyon.`,
  },
  {
    title: "notas.md",
    text: `# Notas del proyecto Colibrí

El proyecto Colibrí empezó en septiembre de 2021. La directora es Lucía Herrera. El presupuesto es de 80.000 euros.

- Contraseña del servidor: girasol
- Reunión semanal: los martes a las 10:00

La oficina está en la calle Mayor 12, en Valencia. No se aceptan pagos en efectivo.`,
  },
  {
    title: "zhongwen.txt",
    text: `青松水库

青松水库建于1968年，位于云南省东部。水库的容量为三千万立方米。
负责人是王建国。水库每年五月进行检修。

无线网密码：向日葵
会议时间：每周三下午两点`,
  },
  {
    title: "nihongo.txt",
    text: `社内メモ

会議は毎週火曜日の午前10時に3階の会議室で行います。
営業部の部長は佐藤健一です。
有給休暇は年に20日です。

Wi-Fiのパスワード：ひまわり`,
  },
  {
    title: "hangugeo.txt",
    text: `저수지 안내

청송 저수지의 저수량은 3천만 톤이다. 저수지는 1972년에 완공되었다.
관리 책임자는 김민수이다.

와이파이 비밀번호: 해바라기
회의는 매주 월요일 오전 9시에 2층 회의실에서 한다.`,
  },
  {
    title: "meeting.md",
    text: `# Board meeting 3 June 2025

Present: Dana Whitfield, Tomás Oliveira, Kenji Mori
Absent: Lars Ekström

**Decisions**

- The budget for 2026 was approved: 340,000 dollars.
- Dana Whitfield will lead the Halden project.
- The warehouse in Tromsø will not be closed.

SLA means service level agreement. The NDA (non-disclosure agreement) with Velmora expires on 30 September 2026.

The Pro plan costs 20 dollars a month and includes phone support, while the Basic plan is free and has no phone support.`,
  },
];
