import type { HeardResult } from "../../turn.ts";
import { mentions } from "./question-terms.ts";
import { splitSentences } from "../../text/sentences.ts";

/** A sentence of a source, as it stands there. */
export interface CitedSentence {
  readonly number: number;
  readonly text: string;
}

export interface Sentence extends CitedSentence {
  /** Counted from 0 within its source. */
  readonly position: number;
  readonly mentioned: ReadonlySet<string>;
}

export interface Source {
  readonly number: number;
  /** What its title mentions. */
  readonly title: ReadonlySet<string>;
  /** What its title begins with: what the source is about. */
  readonly subject: ReadonlySet<string>;
  readonly sentences: readonly Sentence[];
}

/** What was heard, as sources: results of the same number are one, and no sentence of a source is there twice. */
export function readSources(results: readonly HeardResult[]): Source[] {
  const byNumber = new Map<number, HeardResult[]>();
  for (const result of results) byNumber.set(result.number, [...(byNumber.get(result.number) ?? []), result]);
  return Array.from(byNumber, ([number, parts]) => {
    const texts = new Set(parts.flatMap(({ text }) => splitSentences(text)));
    const sentences = Array.from(texts, (text, position) => ({
      number,
      text,
      position,
      mentioned: mentions(text),
    }));
    const titles = parts.map(({ title }) => title);
    return {
      number,
      title: mentions(titles.join("\n")),
      subject: mentions(titles.map(beginning).join("\n")),
      sentences,
    };
  });
}

/** The first four words. */
export function beginning(text: string): string {
  return text.split(/\s+/, 4).join(" ");
}

export function allMentions(sentences: readonly Sentence[]): string[] {
  return sentences.flatMap(({ mentioned }) => [...mentioned]);
}
