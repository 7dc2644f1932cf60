import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Hono } from "hono";

/** Where `npm run build` puts the page: its program and its style, each in one file. */
const BUILT = new URL("../../dist/page/", import.meta.url);

const HEAD = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>agentic-rag</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><circle cx='8' cy='8' r='6' fill='none' stroke='%23666' stroke-width='3'/></svg>">
`;

/** A page of one file, and what may run and be loaded in it: what it was built of, and this server. */
interface Page {
  readonly html: string;
  readonly policy: string;
}

/** @param asksKey it asks for a key before it asks the server for anything */
async function readPage(asksKey: boolean): Promise<Page> {
  const [program, style] = await Promise.all(
    ["live.js", "live.css"].map((name) => readFile(new URL(name, BUILT), "utf8")),
  );
  if (program === undefined || style === undefined) throw new TypeError("two files were read");
  return {
    html: `${HEAD}<style>${style}</style>
<body>
<noscript>This page is a program: it needs JavaScript.</noscript>
<div id="page"${asksKey ? " data-key" : ""}></div>
<script type="module">${program}</script>
`,
    policy: [
      "default-src 'none'",
      `script-src '${hashOf(program)}'`,
      `style-src '${hashOf(style)}'`,
      "connect-src 'self'",
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      // nothing of the page makes markup of text, and so nothing that it shows can
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join("; "),
  };
}

/**
 * The page at `/`: a client of this server like any other, which asks for a key by itself where one is needed. It holds
 * nothing of the server's, so that it is given to everybody.
 */
export function pageRoutes({ asksKey }: { readonly asksKey: boolean }): Hono {
  let page: Promise<Page> | undefined;
  return new Hono().get("/", async (c) => {
    try {
      page ??= readPage(asksKey);
      const { html, policy } = await page;
      return c.html(html, 200, {
        "cache-control": "no-store",
        "content-security-policy": policy,
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      });
    } catch {
      // built meanwhile, it is there at the next request
      page = undefined;
      return c.text("The page is not built. Run npm run build where this server's sources are.\n", 503);
    }
  });
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
