import type { RunWatch } from "../run-watch.ts";

/** Whose search an entry of the journal is, and what is known of it. */
export class JournalWatch {
  readonly #names = new Map<string, { readonly run: RunWatch; readonly query: string }>();
  /** Entries that could not be read when they were asked for last, or held no answer then. */
  readonly #unread = new Set<string>();

  name(key: string, run: RunWatch, query: string): void {
    this.#names.set(key, { run, query });
  }

  unread(key: string): void {
    this.#unread.add(key);
  }

  read(key: string, isAnswer: boolean): void {
    if (isAnswer) this.#unread.delete(key);
    else this.#unread.add(key);
  }

  takeUnread(key: string): boolean {
    return this.#unread.delete(key);
  }

  /** It may not have been written. */
  unkept(key: string): void {
    const name = this.#names.get(key);
    name?.run.unkept(name.query);
  }

  /** The entry holds an answer now. */
  kept(key: string): void {
    const name = this.#names.get(key);
    name?.run.kept(name.query);
  }
}
