import type { SqliteDatabase } from "../../../sqlite/sqlite.ts";
import { isComparable, trigramsOf, vocabularyOf } from "../../../text/spelling.ts";

/** Trigrams are kept as figures and letters that no tokenizer changes. */
export function tokenOf(trigram: string): string {
  return Array.from(trigram, (letter) => (letter.codePointAt(0) ?? 0).toString(36)).join("");
}

const MOST_KNOWN = 200_000;

/** Notes the words of what is indexed. Those of documents that go stay: none is taken that no passage holds. */
export function createVocabularyWriter(database: SqliteDatabase): (text: string) => void {
  const insertWord = database.prepare("insert or ignore into words (word) values (?)");
  const insertTrigrams = database.prepare("insert into word_trigrams (rowid, trigrams) values (?, ?)");
  const known = new Set<string>();
  return (text) => {
    for (const word of vocabularyOf(text)) {
      if (known.has(word)) continue;
      if (known.size === MOST_KNOWN) known.clear();
      known.add(word);
      if (!isComparable(word)) continue;
      const { changes, lastInsertRowid } = insertWord.run(word);
      if (changes > 0) insertTrigrams.run(lastInsertRowid, trigramsOf(word).map(tokenOf).join(" "));
    }
  };
}
