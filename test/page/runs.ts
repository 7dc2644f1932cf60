import type { PageCitation, PageRun } from "../../src/page/run.ts";

const BLOG = "https://qwenlm.github.io/blog/qwq-32b/";
const HUB = "https://huggingface.co/Qwen/QwQ-32B";

function citation(number: number | null, sentence: string, rest: Partial<PageCitation>): PageCitation {
  return {
    number,
    title: "",
    url: "",
    sentence,
    verdict: "supported",
    checks: [],
    citedText: "",
    known: true,
    ...rest,
  };
}

/** Two searches and an answer with every verdict. */
export const ANSWERED: PageRun = {
  question: "Which licence was QwQ-32B released under, and how large is it?",
  status: "ended",
  answered: true,
  stopReason: "answered",
  model: "qwq-32b",
  engine: "brave",
  protocol: "qwq",
  finishedAt: "2025-03-07T07:12:44.120Z",
  usage: {
    milliseconds: 14_210,
    promptTokens: 6120,
    completionTokens: 512,
    cachedTokens: 4080,
    modelRequests: 3,
  },
  steps: [
    {
      kind: "reasoning",
      text: "I should look up when it was released and under which licence.",
      milliseconds: 2100,
      promptTokens: 812,
      completionTokens: 87,
      cachedTokens: 0,
    },
    {
      kind: "search",
      queries: [
        {
          query: "QwQ-32B licence",
          engine: "brave",
          status: "found",
          sources: [1, 2],
          milliseconds: 640,
          attempts: 1,
        },
        {
          query: "QwQ-32B size",
          engine: "brave",
          status: "found",
          sources: [2],
          milliseconds: 12,
          cached: true,
        },
      ],
    },
    { kind: "splice", text: "<tool_response>\n[1] …\n</tool_response>\n", sources: [1, 2] },
    { kind: "reasoning", text: "The first source says Apache 2.0. ".repeat(40), completionTokens: 301 },
    {
      kind: "repair",
      text: "The call could not be read. Write it again.",
      detail: "Unexpected end of JSON input",
    },
    {
      kind: "search",
      queries: [
        {
          query: "QwQ-32B context length",
          engine: "brave",
          status: "failed",
          sources: [],
          milliseconds: 10_020,
          attempts: 3,
          reason: "The engine did not answer within 10 s.",
        },
      ],
    },
    { kind: "splice", text: "<tool_response>\nThe search failed.\n</tool_response>\n", sources: [] },
    {
      kind: "answer",
      text: "QwQ-32B …",
      milliseconds: 1900,
      promptTokens: 2668,
      completionTokens: 124,
      cachedTokens: 2032,
    },
  ],
  sources: [
    {
      number: 1,
      title: "QwQ-32B: Embracing the Power of Reinforcement Learning",
      url: BLOG,
      text: "under the Apache 2.0 license",
      date: "2025-03-06",
    },
    { number: 2, title: "Qwen/QwQ-32B · Hugging Face", url: HUB, text: "Number of Parameters: 32.5B" },
    { number: 3, title: "Not cited", url: "file:///home/me/notes.md", text: "Nothing of it." },
  ],
  answer: {
    text: `It came under the **Apache 2.0** licence [[1]](${BLOG}). It has 32.5 billion parameters, a twentieth of another [[2]](${HUB}).\n\n- It reads 131,072 tokens [[2]](${HUB}).\n- It was trained on questions [9].\n\n| Model | Parameters |\n| --- | --- |\n| QwQ-32B | 32.5 B |`,
    citations: [
      citation(1, "It came under the Apache 2.0 licence.", { citedText: "under the Apache 2.0 license" }),
      citation(2, "It has 32.5 billion parameters, a twentieth of another.", {
        verdict: "partly",
        checks: [{ check: "words", result: "weak", words: ["twentieth"] }],
        citedText: "Number of Parameters: 32.5B",
      }),
      citation(2, "It reads 131,072 tokens.", {
        verdict: "unsupported",
        checks: [{ check: "figures", result: "fail", words: ["131,072"] }],
      }),
      citation(9, "It was trained on questions.", { verdict: "unsupported", known: false }),
    ],
    uncited: ["It is the best."],
  },
  turn: [
    { origin: "runtime", text: "<think>\n" },
    { origin: "model", text: "I should look it up.\n<tool_call>…</tool_call>", tokens: 87 },
    { origin: "search", text: "\n<tool_response>…</tool_response>\n", tokens: 1420 },
    { origin: "model", text: "Apache 2.0.\n</think>\n\nIt came …", tokens: 425 },
  ],
};

/** From right to left, with lists. */
export const HEBREW: PageRun = {
  question: "באיזה רישיון שוחרר המודל QwQ-32B, ומה גודלו?",
  status: "ended",
  answered: true,
  stopReason: "answered",
  steps: [{ kind: "search", queries: [{ query: "QwQ-32B רישיון", status: "found", sources: [1] }] }],
  sources: [{ number: 1, title: "המודל QwQ-32B", url: BLOG, text: "רישיון Apache 2.0" }],
  answer: {
    text: `המודל שוחרר ברישיון Apache 2.0 [[1]](${BLOG}).\n\n- הוא קורא 131,072 אסימונים [[1]](${BLOG}).\n- ויש לו 32.5 מיליארד פרמטרים.\n\n1. ראשון\n2. שני`,
    citations: [citation(1, "המודל שוחרר ברישיון Apache 2.0.", { citedText: "רישיון Apache 2.0" })],
    uncited: ["ויש לו 32.5 מיליארד פרמטרים."],
  },
};

/** What is to harm whoever opens the page, in every place where text from outside is shown. */
const POISON = [
  "<script>document.title = 'harmed'</script>",
  "</script><script>document.title = 'harmed'</script>",
  "<!--<script>",
  `<img src="http://127.0.0.1:9/x.png" onerror="document.title = 'harmed'">`,
  "![picture](http://127.0.0.1:9/y.png)",
  "[press](javascript:document.title='harmed')",
  "<javascript:alert(1)> <data:text/html,x>",
  "\u202Ereversed \u2066 isolated",
  "\u2028\u2029\u0000\u001B[31m\uD800 &amp; \uDC00",
  "W".repeat(3000),
].join(" ");

export const POISONED: PageRun = {
  id: POISON,
  question: POISON,
  status: "ended",
  answered: false,
  stopReason: POISON,
  failure: { code: "model-failed", message: POISON },
  model: POISON,
  engine: POISON,
  protocol: POISON,
  finishedAt: POISON,
  steps: [
    { kind: "reasoning", text: POISON },
    {
      kind: "search",
      queries: [
        { query: POISON, engine: POISON, status: "failed", sources: [], reason: POISON, note: POISON },
      ],
    },
    { kind: "pages", pages: [{ url: POISON, title: POISON, status: "failed", reason: POISON }] },
    { kind: "splice", text: POISON, sources: [1] },
    { kind: "repair", text: POISON, detail: POISON },
    { kind: "answer", text: POISON },
  ],
  sources: [
    {
      number: 1,
      title: POISON,
      url: "javascript:document.title='harmed'",
      text: POISON.repeat(300),
      date: POISON,
    },
    {
      number: 2,
      title: "",
      url: `http://127.0.0.1:9/"><script>document.title='harmed'</script>`,
      text: POISON,
    },
    { number: 3, title: "", url: "data:text/html,<script>1</script>", text: "" },
  ],
  answer: {
    text: `${POISON}\n\n# ${POISON}\n\n\`\`\`\n${POISON}\n\`\`\`\n\n| ${POISON} |\n| --- |\n| ${POISON} [1] |`,
    citations: [
      citation(1, POISON, { verdict: "unsupported", citedText: POISON, title: POISON, url: POISON }),
    ],
    uncited: [POISON],
  },
  turn: [{ origin: "search", text: POISON }],
};
