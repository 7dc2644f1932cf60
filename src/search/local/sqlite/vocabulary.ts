import type { SqliteDatabase } from "../../../sqlite/sqlite.ts";
import { isComparable, trigramsOf, vocabularyForm, writtenWords } from "../../../text/spelling.ts";

/** Trigrams are kept as figures and letters that no tokenizer changes. */
export function tokenOf(trigram: string): string {
  let token = "";
  for (const letter of trigram) token += (letter.codePointAt(0) ?? 0).toString(36);
  return token;
}

const MOST_KNOWN = 200_000;

/** Notes the words of what is indexed. Those of documents that go stay: none is taken that no passage holds. */
export function createVocabularyWriter(database: SqliteDatabase): (text: string) => void {
  const insertWord = database.prepare("insert or ignore into words (word) values (?)");
  const insertTrigrams = database.prepare("insert into word_trigrams (rowid, trigrams) values (?, ?)");
  const known = new Set<string>();
  return (text) => {
    for (const written of writtenWords(text)) {
      if (known.has(written)) continue;
      if (known.size === MOST_KNOWN) known.clear();
      known.add(detached(written));
      const word = vocabularyForm(written);
      if (!isComparable(word)) continue;
      const { changes, lastInsertRowid } = insertWord.run(word);
      if (changes > 0) insertTrigrams.run(lastInsertRowid, trigramsOf(word).map(tokenOf).join(" "));
    }
  };
}

/** A copy: V8 keeps the whole text in memory for a part of it. */
function detached(word: string): string {
  return Buffer.from(word).toString();
}
