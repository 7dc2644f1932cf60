/**
 * An invented world, so that no model knows the answers: `tsx world.ts <folder>` writes its articles, questions to learn from
 * (`train.jsonl`), and questions about other things (`held-out.jsonl`).
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Kind = "person" | "town" | "company";

/** `{n}` is the name of a thing, `{v}` the value. */
interface Relation {
  readonly told: string;
  readonly asked: string;
  /** What the value is the name of, where one can ask on. */
  readonly leads?: Kind;
}

const RELATIONS: Readonly<Record<Kind, Readonly<Record<string, Relation>>>> = {
  person: {
    birthplace: { told: "{n} was born in {v}.", asked: "Where was {n} born?", leads: "town" },
    employer: { told: "The employer of {n} is {v}.", asked: "Who employs {n}?", leads: "company" },
    profession: { told: "{n} works as a {v}.", asked: "What does {n} work as?" },
  },
  town: {
    mayor: { told: "The mayor of {n} is {v}.", asked: "Who is the mayor of {n}?", leads: "person" },
    river: { told: "{n} lies on the river {v}.", asked: "On which river is {n}?" },
    speciality: { told: "{n} is known for its {v}.", asked: "What is {n} known for?" },
  },
  company: {
    founder: { told: "{n} was founded by {v}.", asked: "Who founded {n}?", leads: "person" },
    "founding year": { told: "The founding year of {n} is {v}.", asked: "When was {n} founded?" },
    product: { told: "{n} makes {v}.", asked: "What does {n} make?" },
  },
};
const KINDS = ["person", "town", "company"] as const;

const HEADS = "Arn Bel Cor Dun Esk Fal Gor Hul Ilm Jar Kes Lod Mir Nev Oss Pram Rud Sel Tor Vann".split(" ");
const TAILS = "a an e el i in o or u us".split(" ");
const PROFESSIONS = "glazier surveyor lawyer brewer nurse printer tailor dentist gardener roofer".split(" ");
const GOODS = "cheese lace cider bells mustard ladders buttons scales stoves boats brushes ink".split(" ");

let state = 17;
/** From 0 up to 1, always the same ones (mulberry32). */
function random(): number {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}

function pick<Item>(items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError("nothing to choose from");
  return item;
}

const word = (): string => pick(HEADS) + pick(TAILS);
const names = new Set<string>();

function newName(kind: Kind): string {
  const surname = `${word()}${pick(["mann", "sen", "well"])}`;
  const ends = { person: ` ${surname}`, town: pick(["ford", "haven", "moor"]), company: " Works" };
  const name = word() + ends[kind];
  if (names.has(name)) return newName(kind);
  names.add(name);
  return name;
}

/** What has to be found out, one after the other; the last value is the answer. */
interface Hop {
  readonly name: string;
  readonly noun: string;
  readonly value: string;
}

/** So many things of each kind, which tell of one another alone, and questions: every second one asks on from a value. */
function invent(count: number, wanted: number) {
  const things = KINDS.flatMap((kind) =>
    Array.from({ length: count }, () => ({ kind, name: newName(kind) })),
  );
  const valueOf = (noun: string, leads: Kind | undefined): string => {
    if (leads !== undefined) return pick(things.filter(({ kind }) => kind === leads)).name;
    if (noun === "founding year") return String(1800 + Math.floor(random() * 200));
    if (noun === "river") return `${word()}va`;
    return pick(noun === "profession" ? PROFESSIONS : GOODS);
  };
  const facts = things.map(({ kind, name }) =>
    Object.entries(RELATIONS[kind]).map(([noun, relation]) => ({
      hop: { name, noun, value: valueOf(noun, relation.leads) },
      ...relation,
    })),
  );
  const articles = facts.map((each) => ({
    title: each[0]?.hop.name ?? "",
    text: each.map(({ told, hop }) => told.replace("{n}", hop.name).replace("{v}", hop.value)).join(" "),
  }));
  const questions = new Map<string, readonly Hop[]>();
  while (questions.size < wanted) {
    const first = pick(facts.flat());
    const next = facts.flat().filter(({ hop }) => hop.name === first.hop.value);
    const goesOn = questions.size % 2 === 1;
    if (goesOn && next.length === 0) continue;
    const hops = goesOn ? [first.hop, pick(next).hop] : [first.hop];
    const nouns = hops.map(({ noun }) => noun).reverse();
    const asked = pick(["What is the {b} of {n}?", "Tell me the {b} of {n}."]).replace(
      "{b}",
      nouns.join(" of the "),
    );
    questions.set((goesOn ? asked : pick([asked, first.asked])).replace("{n}", first.hop.name), hops);
  }
  return { articles, questions };
}

const [, , folder = "training-data"] = process.argv;
const worlds = { train: invent(80, 240), "held-out": invent(30, 60) };
mkdirSync(join(folder, "articles"), { recursive: true });
for (const [name, { articles, questions }] of Object.entries(worlds)) {
  for (const { title, text } of articles)
    writeFileSync(join(folder, "articles", `${title}.md`), `# ${title}\n\n${text}\n`);
  const rows = [...questions].map(([question, hops], at) => ({
    id: `${name}-${at}`,
    question,
    golden_answers: [hops.at(-1)?.value],
    hops,
  }));
  writeFileSync(join(folder, `${name}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}
