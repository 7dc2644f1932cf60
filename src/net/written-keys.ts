const HIDDEN = "[hidden]";
/** What stands behind a name of a key: with a digit, or so long that it is no word. */
const VALUE = String.raw`(?=[^\s"'&,;)}\]\\]*\d|[^\s"'&,;)}\]\\]{16})[^\s"'&,;)}\]\\]{6,}`;

/** Ways in which keys are written, each with what is left of it. */
const WRITTEN: readonly (readonly [pattern: RegExp, left: string])[] = [
  // credentials of an address
  [/:\/\/[^/@\s"'<>]+@/gu, `://${HIDDEN}@`],
  [new RegExp(String.raw`\b(bearer|basic)(\s+|%20|\+)${VALUE}`, "giu"), `$1$2${HIDDEN}`],
  // prefixes of OpenAI, Anthropic, Stripe, Tavily, Jina, Groq, Hugging Face, xAI, GitHub, GitLab, Slack, LangSmith and others
  [
    /(?<![\w-])(?:sk|pk|rk|tvly|jina|gsk|hf|xai|gh[pousr]|github_pat|glpat|xox[a-z]|lsv2|r8|nvapi|pplx|fc|ls__?)[-_][\w-]{6,}/giu,
    HIDDEN,
  ],
  [/(?<![\w-])(?:AIza[\w-]{20,}|AKIA[A-Z0-9]{12,}|BSA[\w-]{20,}|eyJ[\w-]{10,}(?:\.[\w-]+){1,2})/gu, HIDDEN],
  [
    new RegExp(
      String.raw`((?:api[-_ ]?key|subscription[-_]token|authorization|access[-_]?token|auth[-_]?token|secret|passw(?:or)?d|(?<![a-z])(?:token|key))\\?["']?\s*(?:[:=]|%3d)\s*\\?["']?)${VALUE}`,
      "giu",
    ),
    `$1${HIDDEN}`,
  ],
];

/** A text of a service or a library, without what looks like a key: nobody knows which ones it may quote. */
export function withoutWrittenKeys(text: string): string {
  return WRITTEN.reduce((shown, [pattern, left]) => shown.replace(pattern, left), text);
}
