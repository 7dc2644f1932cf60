import type { Planted } from "../planted.ts";

/** Written before any of it was run: nothing but wrong numbers and negations, each of another form. */
export const DENIALS: readonly Planted[] = [
  {
    language: "English",
    sources: [
      {
        number: 1,
        title: "Fernhill Museum",
        text: `Fernhill Museum reopened on 14 May 2022 after four years of repairs. It holds about 52,000 objects, of which fewer than 3,000 are on display. Admission is free on the first Sunday of each month; otherwise it costs $11. The building dates from the 1890s and its roof was renewed in 2019. Photography is permitted, flash is not. The director, Solveig Arne, turned down an offer from the Kessler Foundation. No object has been sold since 1975. The café seats 45 people. Only members can borrow books from the library. The museum rarely lends paintings. Attendance doubled to 96,000 in 2023. The basement has not flooded since the dam was built. Staff may work from home up to two days a week. The east wing was spared by the fire, but the tower was not.`,
      },
    ],
    sentences: [
      ["negated", 1, "Flash is permitted."],
      ["negated", 1, "Solveig Arne accepted an offer from the Kessler Foundation."],
      ["negated", 1, "Objects have been sold since 1975."],
      ["negated", 1, "The museum often lends paintings."],
      ["negated", 1, "The tower was spared by the fire."],
      ["negated", 1, "The east wing was not spared by the fire."],
      ["negated", 1, "The basement has flooded since the dam was built."],
      ["negated", 1, "Non-members can borrow books from the library."],
      ["negated", 1, "Photography is not permitted."],
      ["negated", 1, "Admission is never free."],
      ["number", 1, "More than 30,000 objects are on display."],
      ["number", 1, "The museum reopened after five years of repairs."],
      ["number", 1, "The building dates from the 1980s."],
      ["number", 1, "Attendance tripled to 96,000 in 2023."],
      ["number", 1, "The café seats fifty-four people."],
      ["number", 1, "Admission is free on the second Sunday of each month."],
      ["number", 1, "Staff may work from home up to three days a week."],
      ["number", 1, "Admission costs 10 dollars."],
      ["number", 1, "The museum holds about 52 objects."],
      ["number", 1, "3,000 objects were sold in 1975."],
      ["number", 1, "In 2023 the museum had 52,000 visitors."],
      ["date", 1, "Its roof was renewed in 2022."],
    ],
  },
  {
    language: "German",
    sources: [
      {
        number: 1,
        title: "Protokoll Elternbeirat",
        text: `Anwesend waren 17 von 22 Mitgliedern. Der Antrag auf ein Handyverbot wurde mit neun zu acht Stimmen abgelehnt. Die Klassenfahrt kostet 245 Euro, ein Fünftel davon trägt der Förderverein. Hausaufgaben gibt es ab Klasse 3 nicht mehr am Freitag. Die Mensa verzichtet auf Plastikgeschirr. Frau Dr. Lemke wollte nicht erneut kandidieren. Der Schulhof wird im zweiten Halbjahr saniert. Niemand sprach sich gegen den Basar am 30. November aus. Die Turnhalle ist außer dienstags jeden Tag belegt.`,
      },
    ],
    sentences: [
      ["negated", 1, "Der Antrag auf ein Handyverbot wurde angenommen."],
      ["negated", 1, "Die Mensa benutzt Plastikgeschirr."],
      ["negated", 1, "Frau Dr. Lemke wollte erneut kandidieren."],
      ["negated", 1, "Viele sprachen sich gegen den Basar aus."],
      ["negated", 1, "Auch dienstags ist die Turnhalle belegt."],
      ["negated", 1, "Am Freitag gibt es ab Klasse 3 Hausaufgaben."],
      ["number", 1, "Anwesend waren 22 Mitglieder."],
      ["number", 1, "Der Antrag wurde mit acht zu sieben Stimmen abgelehnt."],
      ["number", 1, "Ein Drittel davon trägt der Förderverein."],
      ["number", 1, "Hausaufgaben gibt es ab Klasse 4 nicht mehr am Freitag."],
      ["number", 1, "Der Schulhof wird im ersten Halbjahr saniert."],
      ["date", 1, "Der Basar ist am 13. November."],
    ],
  },
  {
    language: "Chinese",
    sources: [
      {
        number: 1,
        title: "东港海水淡化厂",
        text: `东港海水淡化厂于2016年11月投产，日产淡水十五万吨。工厂不向渔场排放浓盐水。2020年的扩建计划未获批准。三号机组因故障停运。厂内禁止无人机飞行。淡水价格从每吨7.2元降至5.8元。除夏季外，工厂满负荷运行。并非所有员工都住在宿舍。`,
      },
    ],
    sentences: [
      ["negated", 1, "工厂向渔场排放浓盐水。"],
      ["negated", 1, "2020年的扩建计划获得批准。"],
      ["negated", 1, "三号机组正常运行。"],
      ["negated", 1, "厂内允许无人机飞行。"],
      ["negated", 1, "所有员工都住在宿舍。"],
      ["negated", 1, "夏季工厂满负荷运行。"],
      ["number", 1, "日产淡水五十万吨。"],
      ["number", 1, "二号机组因故障停运。"],
      ["number", 1, "淡水价格从每吨5.8元涨至7.2元。"],
      ["date", 1, "工厂于2016年1月投产。"],
    ],
  },
  {
    language: "Arabic",
    sources: [
      {
        number: 1,
        title: "مكتبة الساحل",
        text: `افتتحت مكتبة الساحل في ٩ أبريل ٢٠٠٤ وفيها ٨٥ ألف كتاب. لا تعير المكتبة المخطوطات. لم يعد الدخول مجانيا. تغلق المكتبة أبوابها في الساعة السابعة مساء. لم يوافق المجلس على توسيع المبنى. يجلس في القاعة مئتا قارئ. ليس كل الموظفين متفرغين.`,
      },
    ],
    sentences: [
      ["negated", 1, "تعير المكتبة المخطوطات."],
      ["negated", 1, "الدخول مجاني."],
      ["negated", 1, "وافق المجلس على توسيع المبنى."],
      ["negated", 1, "كل الموظفين متفرغون."],
      ["number", 1, "في المكتبة ٥٨ ألف كتاب."],
      ["number", 1, "تغلق المكتبة أبوابها في الساعة التاسعة مساء."],
      ["number", 1, "يجلس في القاعة ثلاثمئة قارئ."],
      ["date", 1, "افتتحت المكتبة في ٩ أغسطس ٢٠٠٤."],
    ],
  },
  {
    language: "French",
    sources: [
      {
        number: 1,
        title: "Club d'échecs",
        text: `Le club compte trente-sept membres, dont aucun n'est professionnel. Les cours ont lieu le mardi, sauf en août. Il n'y a plus de tournoi depuis 2014. Le président n'a pas démissionné. La cotisation passe de 60 à 75 euros.`,
      },
    ],
    sentences: [
      ["negated", 1, "Des membres sont professionnels."],
      ["negated", 1, "Les cours ont aussi lieu en août."],
      ["negated", 1, "Il y a un tournoi depuis 2014."],
      ["negated", 1, "Le président a démissionné."],
      ["number", 1, "Le club compte soixante-treize membres."],
      ["number", 1, "La cotisation passe de 75 à 60 euros."],
      ["number", 1, "La cotisation passe à 60 euros."],
    ],
  },
  {
    language: "Spanish",
    sources: [
      {
        number: 1,
        title: "Hotel Mirasierra",
        text: `El hotel tiene cuarenta y dos habitaciones, ninguna con balcón. La piscina permanece cerrada de octubre a abril. El desayuno no está incluido. El dueño jamás quiso venderlo. Se tarda hora y media en llegar a la costa.`,
      },
    ],
    sentences: [
      ["negated", 1, "Las habitaciones tienen balcón."],
      ["negated", 1, "El desayuno está incluido."],
      ["negated", 1, "El dueño quiso venderlo."],
      ["negated", 1, "La piscina permanece abierta de octubre a abril."],
      ["number", 1, "El hotel tiene veinticuatro habitaciones."],
      ["number", 1, "Se tarda media hora en llegar a la costa."],
    ],
  },
];
