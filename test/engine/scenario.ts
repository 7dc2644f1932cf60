import { lettersOf, type Script } from "./tiny-gguf.ts";

/** What `<think>\n` at the end of a prompt leads to: a call whose opening tag is three tokens. */
export const FIRST_SAID = [
  "Okay,",
  " I need",
  " to look",
  " this up.",
  "\n\n<to",
  "ol_",
  "call>\n",
  '{"action": "web_search", "action_input": {"query": "llama.cpp',
  ' prompt cache"}}',
  "\n",
  "</tool_call>",
] as const;

/** After the first results. */
const SECOND_SAID = [
  "One thing",
  " is open.",
  "\n<tool",
  "_call",
  ">\n",
  '{"action": "web_search", "action_input": {"query": "slot',
  ' similarity"}}',
  "\n",
  "</tool_call>",
] as const;

/** After the second results. */
const THIRD_SAID = [
  "And the",
  " last one.",
  "\n<tool_c",
  "all>\n",
  '{"action": "web_search", "action_input": {"query": "token',
  ' ids"}}',
  "\n",
  "</tool_call>",
] as const;

/** After the third results. */
const ANSWER_SAID = [
  "That is",
  " all.",
  "\n</think>\n\n",
  "The cache",
  " holds",
  " prefixes [1].",
  "<|im_end|>",
] as const;

/** What the splice of each search ends in, as far as it is one token: the state that the model goes on from. */
const SPLICE_ENDS = [4, 3, 2].map((left) => `Searches left: ${left}.\n</tool_response>\n`);

/** What a result block of any other kind leads to. */
const PLAIN_END = "</tool_response>\n";

/** Beginnings that a test asks for by name, and what follows each of them. */
const CHAINS = {
  /** Nobody stops: a result is made up. */
  afterCall: ["</tool_call>", "\nI make", " up", " a result.", "<|im_end|>"],
  control: ["<ctl>\n", "before ", "<|im_start|>", "between ", "<|im_end|>"],
  bytes: ["<utf>\n", ...lettersOf("é€😀"), " fine", "<|im_end|>"],
  loop: ["<loop>\n", "tick ", "tock ", "tick "],
  /** A stop string of several tokens that is begun, given up, and then written. */
  stop: ["<stop>\n", "some ", "{{en", " no ", "{{e", "nd", "}}", "after"],
  /** A stop string that ends within a token. */
  within: ["<within>\n", "a bit ", "of [[do", "ne]] more", "<|im_end|>"],
  /** Enough words for the suite that all families run. */
  words: [
    "<words>\n",
    "The ",
    "first ",
    "sentence",
    ". Then ",
    "another ",
    "one, in ",
    "many ",
    "tokens.",
    "<|im_end|>",
  ],
} as const;

const SAID = [
  ["<think>\n", ...FIRST_SAID],
  [SPLICE_ENDS[0]!, ...SECOND_SAID],
  [SPLICE_ENDS[1]!, ...THIRD_SAID],
  [SPLICE_ENDS[2]!, ...ANSWER_SAID],
  [PLAIN_END, "So the", " sources", " say.", "<|im_end|>"],
];

/** The script of the model that all engine tests run. */
export const script: Script = createScript([...SAID, ...Object.values(CHAINS)]);

/** The three calls and the answer, each as one text without what ends it. */
export const SAID_TEXTS = [FIRST_SAID, SECOND_SAID, THIRD_SAID, ANSWER_SAID].map((said) =>
  said.filter((piece) => piece !== "<|im_end|>").join(""),
);

function createScript(chains: readonly (readonly string[])[]): Script {
  const edges = new Map<string, readonly [string, string]>();
  for (const chain of chains) {
    for (const [at, to] of chain.entries()) {
      const from = chain[at - 1];
      if (from !== undefined) edges.set(JSON.stringify([from, to]), [letter(from), letter(to)]);
    }
  }
  const own = chains.flat().filter((piece) => piece.length > 1 && !/^<(?:\||\/tool_call)/.test(piece));
  return { pieces: own, edges: [...edges.values()] };
}

/** A line break on its own is the token of its byte. */
function letter(piece: string): string {
  return piece === "\n" ? lettersOf("\n")[0]! : piece;
}
