/** Parts of everything that Markdown or a browser acts on; joined at random they also meet across what is taken out. */
const MARKUP = [
  "![a](https://evil.example/x.png)", "![a][r]", "![r]", "[r]: https://evil.example/x", "[r]: //evil.example/", "[x]", "[x](", "](//evil.example/y)",
  "](javascript:alert(1))", "(//evil.example)", "(<//evil.example/ z>)", "[1]", "[9]", "[3]", "[[1]](https://one.example/a_(b))", ":", "!", "(", ")", "[", "]",
  "<", ">", "<b>", "</b>", "<img src=//evil.example/q onerror=alert(1)>", "<img", " src='//evil.example/q'", "<script>", "</script>", "<!--", "-->", "<!", "<?php ", "?>",
  "<x-y>", "Map<string>", "Map<string", "List<Object>", "<a href=\"", "\">", "<svg/onload=alert(1)>", "<iframe src=//evil.example>", "<https://evil.example/>", "<javascript:alert(1)>", "<a@evil.example>",
  "https://evil.example/z", "http", "https:", "//evil.example/", "HTTPS://EVIL.example", "www.", "www.evil.example", "ww", "w.evil.example", "ftp://evil.example/",
  "`", "``", "```", "````", "~~~", "~~", "~", "\\", "\\`", "`a`", "`[x](//evil.example/)`", "```js\n", "\n```\n", "\n~~~\n", "  ```\n", "    ```\n", "\n    ", "\t", "|", "\n| a | b |\n| - | - |\n| ",
  "\n", "\n\n", " ", "  ", "- ", "\n- ", "\n1. ", "\n> ", "# ", "word", "a", ".", "'", '"', "=", "&lt;img&gt;", "&#58;", "\r", "\u200b", "😀", "h", "t", "s",
] as const; // prettier-ignore

/** Parts of names that renderers link by themselves, and of what stands around and within them. */
const NAMES = [
  "evil.com", "evil", "com", ".com", "evil.co.uk/x", "@", "name@", "name@evil.zip", "a@b.c", "mailto:", "xmpp:", "x@y", "evil.com:80/p?q", "192.0.2.1", ":80",
  "/", "//", "//evil.io", "localhost", "*", "**", "_", "__", "-", "+", "README.md", "Node.js", "1.2.3", "中文", "例子.中国", "пример.рф", ".рф", "://", "smb://evil",
  "<sub>", "&period;", "&commat;", "&colon;", "&sol;", "&shy;", "&#46;", "&amp;", "w", "www", "\u200d", "\u200e", "\u{1D41E}", "…", "，", "。", "$", "\\(", "\\)", "`a | b`",
  "e.g.", "end.So", "https://quoted.example/x", "#", "?", "a".repeat(70), "a.".repeat(300), "xn--80a", "?subject=1", "[::1]", "[IPv6:::1]", ",", ";", "%", "&",
] as const; // prettier-ignore

export const HOSTILE_PIECES = [...MARKUP, ...NAMES, ...NAMES] as const;
