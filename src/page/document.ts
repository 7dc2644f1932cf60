/** What stands around the elements of a page that holds all it needs. */
export interface DocumentParts {
  readonly title: string;
  readonly style: string;
  /** Elements as HTML. */
  readonly body: string;
  /** Kept in the page as JSON, for programs that read it. */
  readonly data: unknown;
  /** A script that runs; only it does. Default: none. */
  readonly script?: string | undefined;
  /** The SHA-256 of a text in UTF-8, as base64. */
  readonly sha256: (text: string) => string;
}

/** A page as one file: it loads nothing, and runs nothing but its own script. */
export function htmlDocument({ title, style, body, data, script, sha256 }: DocumentParts): string {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${sha256(style)}'`,
    ...(script === undefined ? [] : [`script-src 'sha256-${sha256(script)}'`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="langgraph-agentic-rag">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
<script type="application/json" id="data">${jsonText(data)}</script>
${script === undefined ? "" : `<script>${script}</script>\n`}</body>
</html>
`;
}

/** JSON that ends no script and no line of one, wherever it stands. */
function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
