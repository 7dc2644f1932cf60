import { STEPS } from "../../text/at-once.ts";
import { contentWords } from "../overlap.ts";
import { readSourceText, type SourceText } from "./source-text.ts";

/** A source of a run: the passages of one address as one text. */
export interface Given {
  readonly number: number;
  readonly title: string;
  readonly text: string;
}

/** A source, taken apart. */
export interface ReadSource {
  readonly text: SourceText;
  /** The stems of its words, and of its title's. */
  readonly words: ReadonlySet<string>;
}

/** Takes a source apart; it stops often, so that a long one need not be taken apart at once. */
export type SourceReader = (source: Given) => Generator<undefined, ReadSource>;

export function* readSource({ title, text }: Given): Generator<undefined, ReadSource> {
  const read = yield* readSourceText(title, text);
  const words = new Set(contentWords(title));
  for (const [at, { start, end }] of read.units.entries()) {
    for (const word of contentWords(text.slice(start, end))) words.add(word);
    if (at % STEPS === STEPS - 1) yield undefined;
  }
  return { text: read, words };
}

/**
 * The same, each source once: who asks for one that another has begun goes on with it, and has it at once where it is
 * read. A number under which another text stands is read anew.
 */
export function createSourceReader(): SourceReader {
  const begun = new Map<
    number,
    { source: Given; work: Generator<undefined, ReadSource>; read?: ReadSource }
  >();
  return function* readOnce(source) {
    const before = begun.get(source.number);
    const isSame = before?.source.text === source.text && before.source.title === source.title;
    const reading = isSame ? before : { source, work: readSource(source) };
    begun.set(source.number, reading);
    while (reading.read === undefined) {
      const { done, value } = reading.work.next();
      if (done === true) reading.read = value;
      else yield undefined;
    }
    return reading.read;
  };
}
