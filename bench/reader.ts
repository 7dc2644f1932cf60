import { qwq } from "../src/protocol/qwq/qwq.ts";

const CALL =
  '<tool_call>\n{"action": "web_search", "action_input": {"query": "height of Mount Kenya"}}\n</tool_call>';
const SIZES = [1024, 8192, 65_536];
/** Runs of a small stream are repeated up to this many tokens, so that the clock can see them. */
const TOKENS_PER_MEASUREMENT = 65_536;
const MEASUREMENTS = 3;
/** The naive loop runs in full up to this many tokens; above, every so many-th of its steps stands for all. */
const FULL_NAIVE_TOKENS = 8192;
const SAMPLED_STEPS = 512;

/**
 * The reader against the loop that a token callback invites: at each token, all text so far is joined and two
 * patterns are tried at its end. The reader's cost per token does not depend on how much was said; the loop's does.
 */
export async function benchReader(print: (line: string) => void): Promise<void> {
  print("qwq reader, one token at a time, best of 3 (reasoning that ends in a call)");
  print(row("tokens", "reader ns/token", "naive ns/token", "ratio"));
  for (const size of SIZES) {
    const tokens = reasoningTokens(size);
    const reader = readerCost(tokens);
    const naive = naiveCost(tokens);
    const note = size > FULL_NAIVE_TOKENS ? ` (naive: ${SAMPLED_STEPS} steps sampled)` : "";
    print(row(String(size), reader.toFixed(0), naive.toFixed(0), `${(naive / reader).toFixed(0)}x`) + note);
  }
}

/** Reasoning of tokens of four characters on average, with comparison signs in it, and a call as the last tokens. */
export function reasoningTokens(size: number): readonly string[] {
  const call = CALL.match(/<\/?tool_call>|[^<]{1,4}/g) ?? [];
  const pieces = [" the", " of", "ing", " height", ",", " a < b", ".\n\n", " m", " Kenya", " so", "tion"];
  const reasoning = Array.from({ length: size - call.length }, (_, at) => pieces[at % pieces.length] ?? "");
  return [...reasoning, ...call];
}

/** Nanoseconds per token of a new reader that is fed all of them. */
function readerCost(tokens: readonly string[]): number {
  const rounds = Math.ceil(TOKENS_PER_MEASUREMENT / tokens.length);
  return best(() => {
    for (let round = 0; round < rounds; round += 1) {
      const reader = qwq.reader("<think>\n", { calls: true });
      for (const token of tokens) reader.feed(token);
      reader.end({ finishReason: "stop" });
      if (reader.generation.outcome !== "call") throw new Error("the reader has missed the call");
    }
    return rounds * tokens.length;
  });
}

/** Nanoseconds per token of the loop that looks at the whole text at each token. */
function naiveCost(tokens: readonly string[]): number {
  const every = tokens.length > FULL_NAIVE_TOKENS ? tokens.length / SAMPLED_STEPS : 1;
  return best(() => {
    let steps = 0;
    let found = false;
    for (let at = every; at <= tokens.length; at += every) {
      const text = tokens.slice(0, at).join("");
      found = /<tool_call>(.*?)<\/tool_call>\s*$/s.test(text) || /<\|im_end\|>\s*$/.test(text);
      steps += 1;
    }
    if (!found) throw new Error("the loop has missed the call");
    return steps;
  });
}

/** The shortest of a few measurements, in nanoseconds per step; `run` gives its number of steps. */
function best(run: () => number): number {
  let shortest = Infinity;
  for (let at = 0; at < MEASUREMENTS; at += 1) {
    const start = process.hrtime.bigint();
    const steps = run();
    shortest = Math.min(shortest, Number(process.hrtime.bigint() - start) / steps);
  }
  return shortest;
}

function row(...cells: readonly string[]): string {
  return cells.map((cell) => cell.padStart(16)).join("");
}
