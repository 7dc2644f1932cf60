/** An article about something that there is not, so that no model has read of it. */
export interface Article {
  readonly title: string;
  readonly text: string;
}

/** A question that the articles answer, in one step or in two. */
export interface InventedQuestion {
  readonly id: string;
  readonly question: string;
  readonly golden_answers: readonly [string];
  /** The articles that it takes. */
  readonly metadata: { readonly supporting_facts: { readonly title: readonly string[] } };
}

type Kind = "person" | "town" | "company" | "festival" | "ship";

interface Relation {
  readonly noun: string;
  /** What the value is the name of. */
  readonly leads?: Kind;
  readonly told: string;
  readonly asked: string;
}

/** What is told of each kind of thing, and asked. `{n}` is its name, `{v}` the value. */
const RELATIONS: Readonly<Record<Kind, readonly Relation[]>> = {
  person: [
    { noun: "birth year", told: "{n} was born in {v}.", asked: "In which year was {n} born?" },
    {
      noun: "birthplace",
      leads: "town",
      told: "The birthplace of {n} is {v}.",
      asked: "In which town was {n} born?",
    },
    { noun: "profession", told: "By profession {n} is a {v}.", asked: "What is the profession of {n}?" },
    {
      noun: "employer",
      leads: "company",
      told: "The employer of {n} is {v}.",
      asked: "Which company does {n} work for?",
    },
  ],
  town: [
    { noun: "region", told: "{n} lies in the region of {v}.", asked: "In which region is {n}?" },
    { noun: "river", told: "The river {v} flows through {n}.", asked: "Which river flows through {n}?" },
    { noun: "population", told: "{n} has {v} inhabitants.", asked: "What is the population of {n}?" },
    { noun: "mayor", leads: "person", told: "The mayor of {n} is {v}.", asked: "Who is the mayor of {n}?" },
  ],
  company: [
    { noun: "founding year", told: "{n} was founded in {v}.", asked: "When was {n} founded?" },
    { noun: "founder", leads: "person", told: "{v} founded {n}.", asked: "Who founded {n}?" },
    {
      noun: "headquarters",
      leads: "town",
      told: "The headquarters of {n} are in {v}.",
      asked: "Where are the headquarters of {n}?",
    },
    { noun: "product", told: "{n} makes {v}.", asked: "What does {n} make?" },
  ],
  festival: [
    {
      noun: "town",
      leads: "town",
      told: "The {n} takes place in {v}.",
      asked: "In which town is the {n} held?",
    },
    { noun: "month", told: "The {n} is held in {v}.", asked: "In which month is the {n} held?" },
    { noun: "organiser", leads: "person", told: "{v} organises the {n}.", asked: "Who organises the {n}?" },
  ],
  ship: [
    {
      noun: "builder",
      leads: "company",
      told: "The {n} was built by {v}.",
      asked: "Which company built the {n}?",
    },
    { noun: "launch year", told: "The {n} was launched in {v}.", asked: "When was the {n} launched?" },
    {
      noun: "home port",
      leads: "town",
      told: "The home port of the {n} is {v}.",
      asked: "What is the home port of the {n}?",
    },
  ],
};

const KINDS: readonly Kind[] = ["person", "town", "company", "festival", "ship"];
const FIRST = "Bre Cal Dro Fen Gar Hes Jor Kest Lum Mar Nol Ost Pir Rud Sarn Tav Ulm Ves Wold Zer".split(" ");
const MIDDLE = "a e i o u an el ir on ur".split(" ");
const LAST: Readonly<Record<Kind, readonly string[]>> = {
  person: "da lin mo ra ven tis kar bel".split(" "),
  town: "ford ham burg mouth stead minster field haven".split(" "),
  company: "Works Mills Foundry Instruments Brothers".split(" "),
  festival: "Fair Regatta Carnival Games Festival".split(" "),
  ship: "Star Pride Spirit Lady Swan".split(" "),
};
const GOODS = "clocks rope lanterns pianos glass paper saddles candles sails kettles carpets violins".split(
  " ",
);
const JOBS =
  "botanist architect cellist geologist baker painter surgeon jurist poet chemist weaver sculptor".split(" ");
const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);

/** Articles about things of a seed, and questions about them, one and two steps by turns. */
export function inventWorld(seed: number, count: number) {
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new RangeError("nothing to choose from");
    return item;
  };
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  const stem = (): string => pick(FIRST) + pick(MIDDLE);
  const name: Readonly<Record<Kind, () => string>> = {
    person: () => `${stem()}${pick(LAST.person)} ${stem()}${pick(["sk", "mont", "dale", "holt", "wick"])}`,
    town: () => `${stem()}${pick(FIRST).toLowerCase()}${pick(LAST.town)}`,
    company: () => `${stem()}${pick(["sk", "mont", "dale", "holt", "wick"])} ${pick(LAST.company)}`,
    festival: () => `${stem()}${pick(["ner", "dish", "lan"])} ${pick(LAST.festival)}`,
    ship: () => `${pick(LAST.ship)} of ${stem()}${pick(LAST.town)}`,
  };
  const size = Math.max(20, Math.ceil(count / 4));
  const names = new Map(
    KINDS.map((kind) => {
      const unique = new Set<string>();
      while (unique.size < size) unique.add(name[kind]());
      return [kind, [...unique]] as const;
    }),
  );
  const things = KINDS.flatMap((kind) => (names.get(kind) ?? []).map((title) => ({ kind, title })));
  const valueOf = ({ noun, leads }: Relation): string => {
    if (leads !== undefined) return pick(names.get(leads) ?? []);
    if (noun.endsWith("year")) return String(between(1750, 2010));
    if (noun === "population") return `${between(2, 98)},${between(100, 999)}`;
    if (noun === "profession") return pick(JOBS);
    if (noun === "product") return pick(GOODS);
    if (noun === "month") return pick(MONTHS);
    return `${stem()}${pick(noun === "region" ? ["ia", "land", "mark", "shire"] : ["n", "s", "va"])}`;
  };
  const facts = new Map(
    things.map(({ kind, title }) => [
      title,
      new Map(RELATIONS[kind].map((relation) => [relation, valueOf(relation)] as const)),
    ]),
  );
  const articles = things.map(({ kind, title }): Article => ({
    title,
    text: RELATIONS[kind]
      .map((relation) => filled(relation.told, title, facts.get(title)?.get(relation) ?? ""))
      .join(" "),
  }));
  const questions: InventedQuestion[] = [];
  const asked = new Set<string>();
  while (questions.length < count) {
    const { kind, title } = pick(things);
    const first = pick(RELATIONS[kind]);
    const value = facts.get(title)?.get(first) ?? "";
    const isTwoSteps = questions.length % 2 === 1;
    if (isTwoSteps && first.leads === undefined) continue;
    const second = isTwoSteps && first.leads !== undefined ? pick(RELATIONS[first.leads]) : undefined;
    const question =
      second === undefined
        ? filled(first.asked, title, "")
        : `${pick(["What is", "Tell me"])} the ${second.noun} of the ${first.noun} of ${title}`;
    if (asked.has(question)) continue;
    asked.add(question);
    questions.push({
      id: `${second === undefined ? "one" : "two"}-${questions.length}`,
      question: second === undefined ? question : question + (question.startsWith("Tell") ? "." : "?"),
      golden_answers: [second === undefined ? value : (facts.get(value)?.get(second) ?? "")],
      metadata: { supporting_facts: { title: second === undefined ? [title] : [title, value] } },
    });
  }
  return { articles, questions };
}

function filled(sentence: string, name: string, value: string): string {
  return sentence.replaceAll("{n}", name).replaceAll("{v}", value);
}

/** Numbers from 0 up to 1, the same ones for a seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
