import type { HeardResult } from "../../turn.ts";
import { aliasesIn, mentions, withAliases, type Mentions } from "./mentions.ts";
import { readUnits, type Unit } from "./units.ts";

export interface Source {
  readonly number: number;
  readonly title: string;
  readonly text: string;
  readonly units: readonly Evidence[];
}

/** A unit of a source, and how well it answers. */
export interface Evidence extends Unit {
  readonly number: number;
  readonly sourceTitle: string;
  readonly position: number;
  /** The sentences before it; of a pair, the others of its block, which make a record. */
  readonly near: readonly string[];
  /** What it mentions itself, what it stands under and beside, and what the title of its source mentions. */
  readonly own: Mentions;
  readonly above: Mentions;
  readonly beside: Mentions;
  readonly titled: Mentions;
}

/** Units on each side that are beside a pair. */
const NEAR = 6;

export function readSources(results: readonly HeardResult[]): readonly Source[] {
  const byNumber = new Map<number, HeardResult[]>();
  for (const result of results) byNumber.set(result.number, [...(byNumber.get(result.number) ?? []), result]);
  return Array.from(byNumber, ([number, parts]) => {
    const title = [...new Set(parts.map((part) => part.title))].join(" ");
    const texts = [...new Set(parts.map(({ text }) => text))];
    const titled = mentions(title);
    const aliases = aliasesIn(`${title}\n${texts.join("\n")}`);
    const seen = new Set<string>();
    const units = texts
      .flatMap(readUnits)
      .filter(
        ({ text, heading }) =>
          !seen.has(`${heading}\n${text}`) && seen.add(`${heading}\n${text}`) !== undefined,
      );
    const read = units.map((unit, position): Evidence => {
      const near =
        unit.kind === "pair"
          ? units
              .slice(Math.max(0, position - NEAR), position + NEAR + 1)
              .filter((other) => other !== unit && other.group === unit.group && other.kind === "pair")
          : units
              .slice(Math.max(0, position - 2), position)
              .filter((other) => other.group === unit.group && unit.kind === "sentence");
      return {
        ...unit,
        number,
        sourceTitle: title,
        position,
        own: withAliases(unit.text, aliases),
        above: mentions(`${unit.heading}\n${unit.lead}`),
        near: near.map(({ text }) => text),
        beside: mentions(near.map(({ text }) => text).join("\n")),
        titled,
      };
    });
    return { number, title, text: texts.join("\n"), units: read };
  });
}
