import { createHash } from "node:crypto";
import { copyFile, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportPage } from "../../src/page/report.js";
import type { PageRun } from "../../src/page/run.ts";
import { runProgram } from "../../src/cli/program.ts";
import { createStage } from "../cli/surroundings.ts";
import { runOf } from "../eval/run.ts";
import { launchBrowser, NO_BROWSER, watchPage, type WatchOptions } from "../servers/browser.ts";
import { ANSWERED, HEBREW, POISONED } from "./runs.ts";

const browser: Browser | undefined = await launchBrowser();
const notHere = browser === undefined ? ` (skipped: ${NO_BROWSER})` : "";
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "report-"));
});

afterAll(async () => {
  await browser?.close();
});

function htmlOf(runs: readonly PageRun[]): string {
  return reportPage(runs, (text) => createHash("sha256").update(text).digest("base64"));
}

async function open(runs: readonly PageRun[], options?: WatchOptions) {
  if (browser === undefined) throw new Error(NO_BROWSER);
  const file = join(folder, `${crypto.randomUUID()}.html`);
  await writeFile(file, htmlOf(runs));
  return await watchPage(browser, pathToFileURL(file).href, options);
}

/** Attributes that would run something. */
const HANDLERS = `[...document.querySelectorAll("*")].flatMap((one) => one.getAttributeNames().filter((name) => /^on|^srcdoc$|^style$/.test(name)))`;

/** Texts of plots that go over their edges. */
const CUT_OFF = `[...document.querySelectorAll("svg text")].filter((text) => {
  const [{ x, width }, whole] = [text.getBBox(), text.ownerSVGElement.viewBox.baseVal];
  return x < 0 || x + width > whole.width;
}).map((text) => text.textContent)`;

test("the file holds its run as JSON, a policy that lets nothing in, and no script", () => {
  const html = htmlOf([POISONED]);
  const [, data = ""] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html) ?? [];
  expect(JSON.parse(data)).toEqual({ runs: [POISONED] });
  expect(data).not.toMatch(/[<>&\u2028\u2029]/);
  const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  expect(policy.replace(/'sha256-[^']*'/, "'sha256-…'")).toBe(
    "default-src 'none'; style-src 'sha256-…'; base-uri 'none'; form-action 'none'",
  );
  expect(html.match(/<script\b[^>]*>/g)).toEqual(['<script type="application/json" id="data">']);
  expect(html.match(/<(?:img|iframe|object|embed|link|svg:|video|audio|form)\b/g)).toBeNull();
  expect(html.match(/href="(?!https?:\/\/)[^"]*"/g)).toBeNull();
});

describe.skipIf(browser === undefined)(`in a browser${notHere}`, { timeout: 60_000 }, () => {
  const windows: readonly [name: string, options: WatchOptions][] = [
    ["light", {}],
    ["dark", { dark: true }],
    ["a telephone", { width: 390 }],
  ];
  test.each(windows)(
    "%s: nothing is asked for, nothing fails, and axe-core finds nothing",
    async (_, options) => {
      for (const run of [ANSWERED, HEBREW, POISONED]) {
        const { page, requests, problems, violations } = await open([run], options);
        await page.locator("details").evaluateAll((all) => {
          for (const one of all) one.setAttribute("open", "");
        });
        expect(await violations()).toEqual([]);
        expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBe(0);
        expect(await page.evaluate(HANDLERS)).toEqual([]);
        expect(await page.title()).not.toBe("harmed");
        expect({ requests, problems }).toEqual({ requests: [], problems: [] });
      }
    },
  );

  test.each(windows)(
    "%s: the same holds of the pages of saved runs and of an evaluation",
    async (_, options) => {
      if (browser === undefined) return;
      const runs = [
        runOf(),
        runOf({ id: POISONED.question, question: POISONED.question, answer: POISONED.question }),
        runOf({
          id: "three",
          question: " ",
          stopReason: null,
          failure: { code: "x", message: "\u202Edown" },
        }),
        ...["four", "five"].map((id) => runOf({ id, question: id, uncited: ["Rome is old."] })),
      ];
      await writeFile(join(folder, "runs.jsonl"), runs.map((run) => `${JSON.stringify(run)}\n`).join(""));
      const { surroundings, err } = createStage({ folder });
      await runProgram(["view", "runs.jsonl", "--report", "view.html"], surroundings);
      expect(err()).toBe("5 runs written to view.html\n");
      const long = `${"a-model-with-a-long-name-".repeat(4)}.jsonl`;
      await copyFile(join(folder, "runs.jsonl"), join(folder, long));
      await runProgram(["eval", "runs.jsonl", "--against", long, "--html", "eval.html"], surroundings);
      for (const file of ["view.html", "eval.html"]) {
        const address = pathToFileURL(join(folder, file)).href;
        const { page, requests, problems, violations } = await watchPage(browser, address, options);
        await page.locator("details").evaluateAll((all) => {
          for (const one of all) one.setAttribute("open", "");
        });
        expect({ file, violations: await violations() }).toEqual({ file, violations: [] });
        expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBe(0);
        expect(await page.evaluate(HANDLERS)).toEqual([]);
        expect(await page.evaluate(CUT_OFF)).toEqual([]);
        expect({ requests, problems }).toEqual({ requests: [], problems: [] });
      }
    },
  );

  test("a mark shows what stands behind it to keys and pointers, without a script", async () => {
    const { page } = await open([ANSWERED], { scripts: false });
    const mark = page.getByRole("button", { name: "Source 2: Partly supported" });
    await mark.press("Enter");
    const card = page.getByRole("note");
    expect((await card.innerText()).split(/\n+/)).toEqual([
      "~ Partly supported",
      "not in the passage: “twentieth”",
      "Number of Parameters: 32.5B",
      "Qwen/QwQ-32B · Hugging Face",
      "huggingface.co",
    ]);
    await page.keyboard.press("Escape");
    expect(await card.count()).toBe(0);
    await page.getByRole("button", { name: "Source 1: Supported" }).hover();
    expect((await card.innerText()).split(/\n+/)[0]).toBe("✓ Supported");
  });
});
