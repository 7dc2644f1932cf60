// Draws docs/page.png anew: the page of the server, asked without a model or a key.
import { fileURLToPath } from "node:url";
import { startDevServer } from "../test/server/dev-server.ts";
import { launchBrowser, NO_BROWSER, watchPage } from "../test/servers/browser.ts";

const browser = await launchBrowser(true);
if (browser === undefined) throw new Error(NO_BROWSER);
const server = await startDevServer({ AGENTIC_RAG_DISCOVER: "off" });
try {
  const { page } = await watchPage(browser, server.url, { width: 1160 });
  await page.getByRole("textbox", { name: "Question" }).fill("What is QwQ-32B, and who made Search-R1?");
  await page.keyboard.press("Enter");
  await page.getByText("Checkpoints", { exact: true }).waitFor();
  await page
    .getByRole("button", { name: /^Source/ })
    .first()
    .click();
  await page.screenshot({
    path: fileURLToPath(new URL("../docs/page.png", import.meta.url)),
    clip: { x: 0, y: 0, width: 1160, height: 720 },
  });
} finally {
  await browser.close();
  await server.close();
}
