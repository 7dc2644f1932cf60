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
}

/** A page as one file: it loads nothing, and runs nothing but its own script. */
export async function htmlDocument({ title, style, body, data, script }: DocumentParts): Promise<string> {
  const policy = [
    "default-src 'none'",
    `style-src ${await hashOf(style)}`,
    ...(script === undefined ? [] : [`script-src ${await hashOf(script)}`]),
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

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}
