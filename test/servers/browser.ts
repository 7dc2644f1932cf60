import { execFile } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium, type Browser, type Page } from "playwright-core";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const require = createRequire(import.meta.url);

/** Where a Chromium may lie that nobody has to unpack. */
const INSTALLED = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Said beside a test that was skipped. */
export const NO_BROWSER = "there is no Chromium: the package that carries one has it for Linux on x64 alone";

interface Found {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A headless Chromium: the one that an npm package carries with all that it needs but the C library, else an installed one;
 * undefined where there is none.
 *
 * @param ownFonts an installed one first, which has the fonts of its machine
 */
export async function launchBrowser(ownFonts = false): Promise<Browser | undefined> {
  const own = ownFonts ? installed() : undefined;
  return (await launched(own ?? (await unpacked()))) ?? (await launched(installed()));
}

/** The browser, where it can draw a page. */
async function launched(found: Found | undefined): Promise<Browser | undefined> {
  if (found === undefined) return undefined;
  const environment = Object.entries({ ...process.env, ...found.env });
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({
      executablePath: found.executablePath,
      args: ["--no-sandbox", "--disable-gpu"],
      env: Object.fromEntries(
        environment.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ),
    });
    const page = await browser.newPage();
    await page.setContent("<p>Words, слова, 言葉</p>");
    await page.screenshot();
    await page.close();
    return browser;
  } catch (error) {
    console.warn(`${found.executablePath} draws no page: ${String(error)}`);
    await browser?.close();
    return undefined;
  }
}

function installed(): Found | undefined {
  const executablePath = INSTALLED.find((path) => existsSync(path));
  return executablePath === undefined ? undefined : { executablePath, env: {} };
}

/** Unpacked once, into a folder that appears whole. */
async function unpacked(): Promise<Found | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  const manifest = join(dirname(require.resolve("@sparticuz/chromium")), "../../package.json");
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  const cache = join(ROOT, "node_modules/.cache");
  const folder = join(cache, `test-browser-${version}`);
  if (!existsSync(folder)) {
    await mkdir(cache, { recursive: true });
    const fresh = mkdtempSync(join(cache, "test-browser-"));
    // it unpacks its libraries, too, where it takes the machine for one that has none
    const env = { ...process.env, TMPDIR: fresh, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" };
    const program =
      'import chromium from "@sparticuz/chromium"; chromium.setGraphicsMode = false; await chromium.executablePath();';
    await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
      cwd: fileURLToPath(new URL("../", import.meta.url)),
      env,
    });
    await rename(fresh, folder).catch(async () => await rm(fresh, { recursive: true, force: true }));
  }
  // the one that it brings names folders of another machine, and without any font a page ends the browser
  const fonts = join(folder, "fonts.conf");
  await writeFile(fonts, fontsIn(join(folder, "fonts")));
  return {
    executablePath: join(folder, "chromium"),
    env: { LD_LIBRARY_PATH: join(folder, "al2023/lib"), FONTCONFIG_FILE: fonts },
  };
}

function fontsIn(folder: string): string {
  const path = folder.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${path}</dir><cachedir>${path}-cache</cachedir></fontconfig>
`;
}

/** A page under watch: what it asks for, and what goes wrong on it. */
export interface WatchedPage {
  readonly page: Page;
  /** Every address that it asked for besides its own, also where nothing came of it. */
  readonly requests: string[];
  /** Errors, warnings and refusals of the console, and scripts that failed. */
  readonly problems: string[];
  /** What axe-core finds, as `rule: element`. */
  readonly violations: () => Promise<readonly string[]>;
}

export interface WatchOptions {
  readonly width?: number;
  readonly dark?: boolean;
  /** False: as where scripts are turned off. */
  readonly scripts?: boolean;
  /** Addresses that begin with this are its own. Default: only the page itself. */
  readonly origin?: string;
}

/** Opens an address in a window of its own. */
export async function watchPage(
  browser: Browser,
  address: string,
  { width = 1280, dark = false, scripts = true, origin }: WatchOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: dark ? "dark" : "light",
    javaScriptEnabled: scripts,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const requests: string[] = [];
  const problems: string[] = [];
  page.on("request", (request) => {
    const url = request.url();
    if (origin === undefined ? url !== address : !url.startsWith(origin)) requests.push(url);
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(address);
  return { page, requests, problems, violations: async () => await findViolations(page) };
}

const AXE = require.resolve("axe-core/axe.min.js");

async function findViolations(page: Page): Promise<readonly string[]> {
  // not as a script of the page, whose policy refuses it
  await page.evaluate(await readFile(AXE, "utf8"));
  const found = await page.evaluate<{ id: string; target: string }[]>(
    `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => ({ id, target: target.join(" ") }))))`,
  );
  return found.map(({ id, target }) => `${id}: ${target}`);
}
