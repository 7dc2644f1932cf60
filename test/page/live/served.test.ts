import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KEYS } from "../../server/visitors.ts";
import {
  launchBrowser,
  NO_BROWSER,
  watchPage,
  type WatchedPage,
  type WatchOptions,
} from "../../servers/browser.ts";
import { servePage } from "./serve.ts";

const browser: Browser | undefined = await launchBrowser();
const notHere = browser === undefined ? ` (skipped: ${NO_BROWSER})` : "";
let server: Awaited<ReturnType<typeof servePage>>;

afterAll(async () => {
  await browser?.close();
});

async function open(address = "/", options: WatchOptions = {}): Promise<WatchedPage> {
  if (browser === undefined) throw new Error(NO_BROWSER);
  return watchPage(browser, server.url + address, { origin: server.url, ...options });
}

const ask = async (page: Page, question: string): Promise<void> => {
  await page.getByRole("textbox", { name: /question|follow-up/i }).fill(question);
  await page.keyboard.press("Enter");
};
const told = (page: Page): Promise<string> => page.getByRole("article").getByRole("status").innerText();
const steps = (page: Page): Promise<string[]> => page.locator(".timeline .name").allInnerTexts();
const isOver = (page: Page): Promise<void> => page.getByText("Checkpoints", { exact: true }).waitFor();

describe.skipIf(browser === undefined)(`on a developer's machine${notHere}`, () => {
  beforeAll(async () => {
    server = await servePage();
  }, 90_000);
  afterAll(() => server?.[Symbol.asyncDispose]());

  test("a question is asked with keys alone, and each step of its run is seen", async () => {
    const { page, requests, problems, violations } = await open();
    await page.getByRole("textbox", { name: "Question" }).waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.type("What is alpha?");
    await page.keyboard.press("Enter");
    await isOver(page);
    expect(await told(page)).toBe("The model answered.");
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("What is alpha?");
    expect(await steps(page)).toEqual(["Reasoning", "Search", "Spliced in", "Reasoning", "Answer"]);
    const mark = page.getByRole("button", { name: /^Source 1/ });
    await mark.press("Enter");
    expect(await page.getByRole("note").innerText()).toContain("About alpha facts");
    await page.keyboard.press("Escape");
    expect(await violations()).toEqual([]);
    expect({ requests, problems }).toEqual({ requests: [], problems: [] });

    const address = page.url();
    await page.getByRole("link", { name: "New question" }).click();
    await page.getByRole("heading", { name: "Ask a question" }).waitFor();
    await page.goBack();
    await isOver(page);
    expect(page.url()).toBe(address);
    expect(await steps(page)).toEqual(["Reasoning", "Search", "Spliced in", "Reasoning", "Answer"]);
  });

  test("the queries of a search are edited, and the run is forked there", async () => {
    const { page, requests, problems, violations } = await open();
    await ask(page, "What is beta?");
    await isOver(page);
    await page.getByRole("button", { name: "Edit the queries and fork" }).first().click();
    await page.getByRole("textbox", { name: "Queries, one a line" }).fill("gamma\ndelta");
    expect(await violations()).toEqual([]);
    await page.getByRole("button", { name: "Search for this and fork" }).click();
    await page.locator(".query .words", { hasText: "delta" }).waitFor();
    await isOver(page);
    expect(await page.locator(".query .words").allInnerTexts()).toEqual(["gamma", "delta"]);
    expect(await told(page)).toBe("The model answered.");
    await page.getByText(/kept; each can be looked at/).click();
    expect(await page.locator(".checkpoints .other").count()).toBe(3);
    expect(await violations()).toEqual([]);
    // the first branch is still there
    await page.locator(".checkpoints .other a").first().click();
    await page.getByText("This is an earlier checkpoint.").waitFor();
    expect(await page.locator(".query .words").allInnerTexts()).toEqual(["beta facts"]);
    expect({ requests, problems }).toEqual({ requests: [], problems: [] });
  });

  test.each([
    [
      "approved",
      async (card: Page) => card.getByRole("button", { name: "Approve" }).click(),
      ["epsilon facts"],
    ],
    [
      "edited",
      async (card: Page) => {
        await card.getByRole("textbox", { name: "Queries, one a line" }).fill("zeta");
        await card.getByRole("button", { name: "Search for this instead" }).click();
      },
      ["epsilon facts", "zeta"],
    ],
  ])("a search that a person is asked about is %s", async (_, answer, queries) => {
    const { page, requests, problems, violations } = await open();
    await page.getByRole("checkbox", { name: "Ask me before each search" }).check();
    await ask(page, "What is epsilon?");
    await page.getByRole("heading", { name: "May it search for this?" }).waitFor();
    expect(await told(page)).toBe("Waiting for you.");
    expect(await violations()).toEqual([]);
    await page.reload();
    await page.getByRole("heading", { name: "May it search for this?" }).waitFor();
    await answer(page);
    await page.getByText("The model answered.").waitFor();
    expect(await page.locator(".query .words").allInnerTexts()).toEqual(queries);
    expect({ requests, problems }).toEqual({ requests: [], problems: [] });
  });

  test("a search is denied with words for the model, which asks again", async () => {
    const { page } = await open();
    await page.getByRole("checkbox", { name: "Ask me before each search" }).check();
    await ask(page, "What is eta?");
    await page.getByRole("textbox", { name: /Words for the model/ }).fill("Not that.");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Deny" }).click();
    await page.locator(".step.is-splice").waitFor();
    await page.getByText("What the model was shown").first().click();
    expect(await page.locator(".step.is-splice .text").first().innerText()).toContain("and says: Not that.");
  });

  test("agents of a team are seen side by side", async () => {
    const { page, requests, problems, violations } = await open();
    await page.getByRole("combobox", { name: "Graph" }).selectOption("research-team");
    await ask(page, "What is theta? What is iota?");
    await isOver(page);
    const parts = page.getByRole("region", { name: "The agents at work" }).getByRole("article");
    expect(await parts.getByRole("heading").allInnerTexts()).toEqual(["What is theta?", "What is iota?"]);
    expect(await violations()).toEqual([]);
    expect({ requests, problems }).toEqual({ requests: [], problems: [] });
  });

  test.each([
    ["light", {}],
    ["dark, on a telephone", { dark: true, width: 390 }],
  ])("%s: of poisoned sources and answers nothing loads, and nothing runs", async (_, options) => {
    const { page, requests, problems, violations } = await open("/", options);
    await ask(page, "What is poison?");
    await isOver(page);
    await page.locator("details").evaluateAll((all) => {
      for (const one of all) one.setAttribute("open", "");
    });
    expect(await page.locator(".sources").innerText()).toContain("<script>");
    expect(await page.locator("main img, main script, main [onerror]").count()).toBe(0);
    expect(await page.locator("a:not([href^='https:']):not([href^='http:']):not([href^='#'])").count()).toBe(
      0,
    );
    expect(await page.title()).toBe("What is poison? · agentic-rag");
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBe(0);
    expect(await violations()).toEqual([]);
    expect({ requests, problems }).toEqual({ requests: [], problems: [] });
  });

  test("a model that does not answer is told, and so is a thread that is not there", async () => {
    const { page } = await open("/#/00000000-0000-4000-8000-000000000000");
    expect(await page.getByRole("alert").innerText()).toContain("This thread is not here (any more).");
    await page.getByRole("button", { name: "Dismiss" }).click();
    await ask(page, "What is down?");
    await isOver(page);
    expect(await told(page)).toMatch(/^No answer\. The model's server failed: /);
  });
});

describe.skipIf(browser === undefined)(`behind keys${notHere}`, () => {
  beforeAll(async () => {
    server = await servePage({ config: "langgraph.production.json" });
  }, 90_000);
  afterAll(() => server?.[Symbol.asyncDispose]());

  test("a key is asked for, kept in the tab alone, and forgotten", async () => {
    const { page, requests, problems, violations } = await open();
    await page.getByRole("heading", { name: "This server asks for a key" }).waitFor();
    expect(await violations()).toEqual([]);
    expect({ requests, problems }).toEqual({ requests: [], problems: [] });
    await page.getByLabel("API key").fill("wrong");
    await page.keyboard.press("Enter");
    expect(await page.getByRole("alert").innerText()).toContain("This API key is not known here.");
    await page.getByLabel("API key").fill(KEYS.alice);
    await page.keyboard.press("Enter");
    await ask(page, "What is alpha?");
    await isOver(page);
    expect(await told(page)).toBe("The model answered.");
    await page.reload();
    await isOver(page);
    expect(
      await page.evaluate(
        "JSON.stringify([Object.values(sessionStorage), localStorage.length, document.cookie])",
      ),
    ).toBe(JSON.stringify([[KEYS.alice], 0, ""]));
    await page.getByRole("button", { name: "Forget the key" }).click();
    await page.getByRole("heading", { name: "This server asks for a key" }).waitFor();
    expect(await page.evaluate("sessionStorage.length")).toBe(0);
    expect(requests).toEqual([]);
  });
});
