import { UsageError } from "../terminal/failure.ts";
import type { TextInput } from "../terminal/surroundings.ts";

const NO_QUESTION = 'There is no question. Give one: agentic-rag ask "…", or pipe it in.';

/**
 * The question: the words, or what is piped in when there are none or they are `-`.
 *
 * @throws UsageError
 */
export async function readQuestion(
  words: readonly string[],
  stdin: TextInput,
  signal: AbortSignal,
): Promise<string> {
  const given = words.join(" ").trim();
  if (given !== "" && given !== "-") return given;
  if (given === "" && stdin.isTTY === true) throw new UsageError(NO_QUESTION);
  const piped = (await readAll(stdin, signal)).trim();
  if (piped === "") throw new UsageError(NO_QUESTION);
  return piped;
}

async function readAll(stdin: TextInput, signal: AbortSignal): Promise<string> {
  let text = "";
  const stop = (): void => {
    if ("destroy" in stdin && typeof stdin.destroy === "function") stdin.destroy();
  };
  signal.addEventListener("abort", stop);
  try {
    stdin.setEncoding("utf8");
    for await (const chunk of stdin) text += String(chunk);
  } finally {
    signal.removeEventListener("abort", stop);
  }
  return text;
}
