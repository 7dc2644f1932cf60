import { describe, expect, test } from "vitest";
import { extractHtml, type PageText } from "../../../src/search/html/extract-html.ts";

const URL = "https://site.example/docs/page";

/** The best text of a page. */
function extract(html: string): PageText {
  return [...extractHtml(html, URL)].at(-1)!;
}

function body(inner: string, head = ""): string {
  return `<!doctype html><html><head><title>A page</title>${head}</head><body>${inner}</body></html>`;
}

describe("text that nobody sees", () => {
  test.each([
    "<!-- SECRET -->",
    "<!--[if IE]><p>SECRET</p><![endif]-->",
    "<p hidden>SECRET</p>",
    '<p hidden="until-found">SECRET</p>',
    '<p aria-hidden="true">SECRET</p>',
    '<p ARIA-HIDDEN="TRUE">SECRET</p>',
    "<P HIDDEN>SECRET</P>",
    '<P STYLE="DISPLAY: NONE">SECRET</P>',
    '<p Style="opacity:0">SECRET</p>',
    '<TABLE BGCOLOR="#eeeeee"><TR><TD><FONT COLOR="#eeeeee">SECRET</FONT></TD></TR></TABLE>',
    "<template><p>SECRET</p></template>",
    "<noscript>SECRET</noscript>",
    "<noscript><p>SECRET</p></noscript>",
    "<script>SECRET</script>",
    '<script type="text/plain">SECRET</script>',
    "<style>SECRET</style>",
    "<iframe>SECRET</iframe>",
    "<object>SECRET</object>",
    "<video>SECRET</video>",
    "<canvas>SECRET</canvas>",
    "<svg><text>SECRET</text></svg>",
    "<dialog>SECRET</dialog>",
    "<div popover>SECRET</div>",
    "<select><option>SECRET</option></select>",
    '<img alt="SECRET" title="SECRET" src="SECRET">',
    '<p title="SECRET" data-note="SECRET" aria-label="SECRET">Seen too.</p>',
    '<input type="hidden" value="SECRET"><input placeholder="SECRET">',
    '<p style="display:none">SECRET</p>',
    '<p style="DISPLAY : NONE !important">SECRET</p>',
    '<p style="color:red;display:/**/none">SECRET</p>',
    '<p style="d\\69splay:none">SECRET</p>',
    '<div style="display:none"><p style="display:block">SECRET</p></div>',
    '<p style="visibility:hidden">SECRET</p>',
    '<p style="visibility: collapse">SECRET</p>',
    '<p style="content-visibility:hidden">SECRET</p>',
    '<p style="opacity:0">SECRET</p>',
    '<p style="opacity:.01">SECRET</p>',
    '<p style="opacity:0%">SECRET</p>',
    '<p style="filter:opacity(0)">SECRET</p>',
    '<p style="font-size:0">SECRET</p>',
    '<p style="font-size:0px">SECRET</p>',
    '<p style="font-size:1px">SECRET</p>',
    '<p style="font-size:0.01em">SECRET</p>',
    '<p style="font:0/0 a">SECRET</p>',
    '<p style="height:0">SECRET</p>',
    '<p style="max-height:0;overflow:hidden">SECRET</p>',
    '<p style="width:1px;height:1px;overflow:hidden">SECRET</p>',
    '<p style="position:absolute;left:-9999px">SECRET</p>',
    '<p style="position:absolute;top:-100em">SECRET</p>',
    '<p style="position:fixed;right:-200vw">SECRET</p>',
    '<p style="margin-left:-9999px">SECRET</p>',
    '<p style="position:absolute;left:99999px">SECRET</p>',
    '<p style="text-indent:-9999px">SECRET</p>',
    '<p style="transform:translateX(-9999px)">SECRET</p>',
    '<p style="transform:translate(0, -1000%)">SECRET</p>',
    '<p style="transform:scale(0)">SECRET</p>',
    '<p style="clip:rect(0,0,0,0);position:absolute">SECRET</p>',
    '<p style="clip:rect(1px 1px 1px 1px)">SECRET</p>',
    '<p style="clip-path:inset(50%)">SECRET</p>',
    '<p style="clip-path:circle(0)">SECRET</p>',
    '<p style="color:white">SECRET</p>',
    '<p style="color:#FFF">SECRET</p>',
    '<p style="color:#fefefe">SECRET</p>',
    '<p style="color:rgb(255, 255, 255)">SECRET</p>',
    '<p style="color:rgb(100% 100% 100%)">SECRET</p>',
    '<p style="color:hsl(0,0%,100%)">SECRET</p>',
    '<p style="color:transparent">SECRET</p>',
    '<p style="color:rgba(0,0,0,0)">SECRET</p>',
    '<p style="color:#0000">SECRET</p>',
    '<p style="-webkit-text-fill-color:transparent">SECRET</p>',
    '<p style="color:#123;background:#123">SECRET</p>',
    '<div style="background-color:black"><p style="color:#000">SECRET</p></div>',
    '<div style="color:white"><p>SECRET</p></div>',
    '<table bgcolor="#eeeeee"><tr><td><font color="#eeeeee">SECRET</font></td></tr></table>',
  ])("%s", (hidden) => {
    const { title, text } = extract(body(`<p>Seen.</p>${hidden}<p>Seen as well.</p>`));
    expect(title + text).not.toContain("SECRET");
    expect(text).toMatch(/^Seen\.[\s\S]*Seen as well\.$/u);
  });

  test("in the head, but for the title", () => {
    const head = '<meta name="description" content="SECRET"><meta property="og:title" content="SECRET">';
    expect(extract(body("<p>Seen.</p>", head))).toEqual({
      title: "A page",
      date: undefined,
      text: "Seen.",
      links: [],
    });
  });
});

describe("text that is seen although it looks hidden", () => {
  test.each([
    '<p style="display:block">SEEN</p>',
    '<p style="visibility:visible;opacity:1">SEEN</p>',
    '<p style="opacity:0.5">SEEN</p>',
    '<p style="opacity:50%">SEEN</p>',
    '<p style="font-size:12px">SEEN</p>',
    '<p style="font-size:0.8em">SEEN</p>',
    '<p style="font-size:80%">SEEN</p>',
    '<p style="font:10px/1.5 Arial">SEEN</p>',
    '<p style="margin-left:-20px;text-indent:-2em">SEEN</p>',
    '<p style="height:100px;overflow:hidden">SEEN</p>',
    '<p style="flex:1;width:0">SEEN</p>',
    '<p style="transform:translate(-50%,-50%)">SEEN</p>',
    '<p style="color:black">SEEN</p>',
    '<p style="color:white;background:black">SEEN</p>',
    '<div style="background:#003"><p style="color:white">SEEN</p></div>',
    '<div style="background:url(a.png)"><p style="color:white">SEEN</p></div>',
    '<div style="color:white"><p style="color:black">SEEN</p></div>',
    '<div style="color:white"><p style="background:navy">SEEN</p></div>',
    '<p aria-hidden="false">SEEN</p>',
    "<dialog open>SEEN</dialog>",
    "<details><summary>More</summary>SEEN</details>",
  ])("%s", (shown) => {
    expect(extract(body(`<p>Before.</p>${shown}`)).text).toContain("SEEN");
  });
});

describe("text that fades in while one scrolls", () => {
  const menu = '<header><nav><a href="/">Home</a></nav></header>';
  test.each([
    '<div style="opacity:0;transform:translateY(24px)">SEEN</div>',
    '<div style="opacity: 0%; transform: translate3d(-40px, 0, 0) scale(.9)"><p>SEEN</p></div>',
    '<section class="wow" style="visibility: hidden; animation-name: none">SEEN</section>',
    '<div style="filter:opacity(0)">SEEN</div>',
    '<main><section style="opacity:0">One.</section><section style="opacity:0">SEEN</section></main>',
    '<div style="opacity:0"><div style="opacity:0"><p>SEEN</p></div></div>',
    '<p hidden>Hidden.</p><div style="display:none"><p>Hidden.</p></div><p style="opacity:0">SEEN</p>',
    '<p style="color:white">Unseen.</p><p style="opacity:0">SEEN</p>',
  ])("is read where nothing else is: %s", (faded) => {
    for (const page of [faded, `${menu}${faded}<footer>Imprint</footer>`]) {
      expect(extract(body(page)).text).toContain("SEEN");
      expect(extract(body(page)).text).not.toMatch(/Hidden|Unseen/u);
    }
    expect(extract(`<html><body style="opacity:0">${faded}</body></html>`).text).toContain("SEEN");
  });

  test.each([
    "display:none;opacity:0",
    "opacity:0;font-size:0",
    "opacity:0;position:absolute;left:-9999px",
    "visibility:hidden;height:0",
  ])("but not what is hidden in another way too: %s", (style) => {
    expect(extract(body(`${menu}<p style="${style}">SECRET</p>`)).text).not.toContain("SECRET");
  });
});

const PARAGRAPH = "<p>The article has enough words, with commas, to be taken for the main content of it.</p>";

test("keeps what code, tables, lists and signs mean", () => {
  const article = `<article><h2>Tools</h2>${PARAGRAPH.repeat(8)}
    <p>A call is written as &lt;tool_call&gt;{"name": "x"}&lt;/tool_call&gt;, if a &lt; b &amp;&amp; c &gt; d.</p>
    <pre><code>if (a &lt; b) {\n    return "&lt;p&gt;";\n}</code></pre>
    <ul><li>first</li><li>second</li></ul>
    <table><tr><th>Metal</th><th>Melts at</th></tr><tr><td>Hafnium</td><td>2233 °C</td></tr></table></article>`;
  const { text } = extract(body(`<nav><a href="/">Home</a></nav>${article}<footer>Imprint</footer>`));
  const paragraph = "The article has enough words, with commas, to be taken for the main content of it.";
  expect(text).toBe(
    [
      "Tools",
      ...Array.from({ length: 8 }, () => paragraph),
      'A call is written as <tool_call>{"name": "x"}</tool_call>, if a < b && c > d.',
      'if (a < b) {\n    return "<p>";\n}',
      "- first\n- second",
      "Metal | Melts at\nHafnium | 2233 °C",
    ].join("\n\n"),
  );
});

test("takes the whole page where the main content is too little", () => {
  const items = Array.from({ length: 30 }, (_, number) => `<li><a href="/${number}">Item ${number}</a></li>`);
  const { text } = extract(body(`<ul>${items.join("")}</ul>`));
  expect(text).toContain("- Item 0");
  expect(text).toContain("- Item 29");
});

test.each([
  ["no tags at all", "Only text & more", "Only text & more"],
  ["no body", "<html><head><title>T</title></head><p>Text.</p></html>", "Text."],
  ["a piece of a page", "<h1>Head</h1><p>Text.", "Head\n\nText."],
  ["nothing", "", ""],
  ["only hidden text", body("<p hidden>x</p>"), ""],
])("reads a page with %s", (_, html, text) => {
  expect(extract(html).text).toBe(text);
});

test.each([
  [body("<h1>Heading</h1>"), "A page"],
  ["<html><body><h1> A <em>heading</em>\n</h1></body></html>", "A heading"],
  ["<title>\u202EEvil\u0007 </title><p>x", "Evil"],
  ["<p>x", ""],
  [`<title>${"word ".repeat(100)}</title>`, `${"word ".repeat(58)}word …`],
])("reads the title of %s", (html, title) => {
  expect(extract(html).title).toBe(title);
});

test.each([
  ['<meta property="article:published_time" content="2024-05-06T07:08:09Z">', "2024-05-06"],
  ['<meta itemprop="datePublished" content="2024-05-06">', "2024-05-06"],
  [
    '<script type="application/ld+json">{"@type":"Article", "datePublished": "2024-05-06T00:00"}</script>',
    "2024-05-06",
  ],
  ['<script type="application/ld+json">{{{"datePublished":"2024-05-06"</script>', "2024-05-06"],
  ['</head><body><time datetime="2024-05-06">6 May</time>', "2024-05-06"],
  ['<meta name="date" content="SECRET"><meta name="dc.date" content="2024-05-06">', "2024-05-06"],
  ['<meta name="date" content="2024-99-99">', undefined],
  ["", undefined],
])("reads the date of %s", (head, date) => {
  expect(extract(body("<p>x</p>", head)).date).toBe(date);
});

describe("links", () => {
  test("are absolute, each once, without fragments, and lead to the web", () => {
    const links = extract(
      body(`<a href="/a">1</a> <a href="b?x=1#part">2</a> <a href="/a#other">1</a> <a href="#here">here</a>
        <a href="https://other.example/ü">3</a> <a href="//cdn.example/x">4</a> <a name="x">no</a>
        <a href="javascript:alert(1)">x</a> <a href="JaVa&#9;ScRiPt:alert(1)">x</a> <a href="data:text/html,x">x</a>
        <a href="file:///etc/passwd">x</a> <a href="mailto:a@b.example">x</a> <a href="http://">x</a>
        <a href="https://bank.example@evil.example/">x</a> <a href="/${"x".repeat(2_000)}">x</a>
        <a href="/hidden" hidden>x</a> <a href="${URL}#top">self</a>`),
    ).links;
    expect(links).toEqual([
      "https://site.example/a",
      "https://site.example/docs/b?x=1",
      "https://other.example/%C3%BC",
      "https://cdn.example/x",
    ]);
  });

  test("count from <base>", () => {
    const page = body('<a href="a">x</a>', '<base href="https://base.example/dir/">');
    expect(extract(page).links).toEqual(["https://base.example/dir/a"]);
  });

  test("of the main content come first", () => {
    const article = `<article>${PARAGRAPH.repeat(8)}<p>See <a href="/main">this</a>, which is told of above.</p></article>`;
    const menu = '<nav><ul><li><a href="/menu">Menu</a></li></ul></nav>';
    expect(extract(body(`${menu}${article}`)).links).toEqual([
      "https://site.example/main",
      "https://site.example/menu",
    ]);
  });

  test("are 200 at most", () => {
    const many = Array.from({ length: 10_000 }, (_, number) => `<a href="/${number}">x</a>`).join(" ");
    const { links } = extract(body(many));
    expect(links).toHaveLength(200);
    expect(links.at(-1)).toBe("https://site.example/199");
  });
});

test("looks for no main content in a page that is nested deep", () => {
  const deep = `${"<div>".repeat(1_000)}deep${"</div>".repeat(1_000)}<p>Seen.</p>`;
  expect([...extractHtml(body(deep), URL)]).toHaveLength(1);
});
