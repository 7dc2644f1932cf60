import type { LineReader } from "../terminal/line-reader.ts";
import { printable, printableLine } from "../terminal/printable.ts";
import type { TextOutput } from "../terminal/surroundings.ts";

/** The answers ended before everything was asked. */
export class NoMoreAnswers extends Error {
  override readonly name = "NoMoreAnswers";
}

/** A conversation in which one thing after another is asked. */
export interface Questions {
  say(text: string): void;
  /** The answer, trimmed; `fallback` where it is empty. `hidden`: it is not shown, and neither is the fallback. */
  ask(question: string, options?: { readonly fallback?: string; readonly hidden?: boolean }): Promise<string>;
  confirm(question: string, fallback: boolean): Promise<boolean>;
  /** Nobody answers: what does not work is an error, not a reason to ask again. */
  readonly unattended: boolean;
}

export function createQuestions(
  reader: LineReader,
  output: TextOutput,
  { unattended }: { readonly unattended: boolean },
): Questions {
  async function ask(
    question: string,
    { fallback = "", hidden = false }: { readonly fallback?: string; readonly hidden?: boolean } = {},
  ): Promise<string> {
    if (unattended) return fallback;
    const shown = fallback === "" || hidden ? "" : ` [${printableLine(fallback)}]`;
    const prompt = `${question}${shown}: `;
    if (!reader.interactive) output.write(`${prompt.trimEnd()}\n`);
    const line = await reader.next({ prompt, hidden });
    if (line === null) throw new NoMoreAnswers();
    return line.trim() === "" ? fallback : line.trim();
  }
  return {
    unattended,
    ask,
    say: (text) => void output.write(`${printable(text)}\n`),
    async confirm(question, fallback) {
      if (unattended) return true;
      for (;;) {
        const answer = (
          await ask(`${question} (yes or no)`, { fallback: fallback ? "yes" : "no" })
        ).toLowerCase();
        if (["y", "yes"].includes(answer)) return true;
        if (["n", "no"].includes(answer)) return false;
      }
    },
  };
}
