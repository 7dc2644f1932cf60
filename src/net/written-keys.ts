const HIDDEN = "[hidden]";
/** What stands behind a name of a key: with a digit, or so long that it is no word. */
const VALUE = String.raw`(?=[^\s"'&,;)}\]\\]*\d|[^\s"'&,;)}\]\\]{16})[^\s"'&,;)}\]\\]{6,}`;

/** The same behind a word that is not written with a colon: letters and digits, as words and numbers have not both. */
const MIXED = String.raw`(?=[^\s"',;)}\]\\]*\d)(?=[^\s"',;)}\]\\]*[a-z])[^\s"',;)}\]\\]{8,}`;

/** Ways in which keys are written, each with what is left of it. */
const WRITTEN: readonly (readonly [pattern: RegExp, left: string])[] = [
  // credentials of an address
  [/:\/\/[^/@\s"'<>]+@/gu, `://${HIDDEN}@`],
  [new RegExp(String.raw`\b(bearer|basic)(\s+|%20|\+)${VALUE}`, "giu"), `$1$2${HIDDEN}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gu, HIDDEN],
  [/\b((?:set-)?cookie:\s*)[^\s=;]+=\S.*/giu, `$1${HIDDEN}`],
  [new RegExp(String.raw`\b(authorization:\s*(?:token|api-?key)\s+)${VALUE}`, "giu"), `$1${HIDDEN}`],
  [
    new RegExp(String.raw`\b((?:api[-_ ]?key|passw(?:or)?d|token|key)\s+(?:is\s+)?["']?)${MIXED}`, "giu"),
    `$1${HIDDEN}`,
  ],
  // prefixes of OpenAI, Anthropic, Stripe, Tavily, Jina, Groq, Hugging Face, xAI, GitHub, GitLab, Slack, LangSmith, Fireworks, npm and others
  [
    /(?<![\w-])(?:sk|pk|rk|tvly|jina|gsk|hf|xai|gh[pousr]|github_pat|glpat|xox[a-z]|lsv2|r8|nvapi|pplx|fc|ls__?|fw|csk|tgp|npm|pypi|dop_v1)[-_][\w-]{6,}/giu,
    HIDDEN,
  ],
  [
    /(?<![\w-])(?:AIza[\w-]{20,}|(?:AKIA|ASIA)[A-Z0-9]{12,}|SG\.[\w-]{10,}(?:\.[\w-]+)?|ya29\.[\w-]{10,}|BSA[\w-]{20,}|eyJ[\w-]{10,}(?:\.[\w-]+){1,2})/gu,
    HIDDEN,
  ],
  [
    new RegExp(
      String.raw`((?:api[-_ ]?key|subscription[-_]token|authorization|access[-_]?token|auth[-_]?token|secret|signature|passw(?:or)?d|(?<![a-z])(?:token|key))\\?["']?\s*(?:[:=]|%3d)\s*\\?["']?)${VALUE}`,
      "giu",
    ),
    `$1${HIDDEN}`,
  ],
];

/** A text of a service or a library, without what looks like a key: nobody knows which ones it may quote. */
export function withoutWrittenKeys(text: string): string {
  return WRITTEN.reduce((shown, [pattern, left]) => shown.replace(pattern, left), text);
}
