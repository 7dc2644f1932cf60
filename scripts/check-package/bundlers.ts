import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Check } from "./check.ts";
import { expectAnswer, PEERS, writeProgram } from "./program.ts";
import { environment, run } from "./run.ts";

/** The packages of CommonJS in a bundle of modules need a `require`. */
const BANNER = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

const esbuild: Check = {
  name: "esbuild",
  check({ project, tarball }) {
    const folder = project("with-esbuild");
    run(folder, ["npm", "install", "--no-audit", "--no-fund", tarball, ...PEERS, "esbuild@0.28"]);
    const main = writeProgram(folder);
    const bundle = [
      "npx",
      "esbuild",
      main,
      "--bundle",
      "--platform=node",
      "--format=esm",
      "--log-level=warning",
    ];
    run(folder, [...bundle, `--banner:js=${BANNER}`, "--outfile=bundle.mjs"]);
    // the shipped articles are not in the bundle: documents are named
    const documents = join(folder, "documents");
    cpSync(join(folder, "node_modules/langgraph-agentic-rag/corpus"), documents, { recursive: true });
    run(folder, ["npx", "agentic-rag", "index", documents]);
    expectAnswer(run(folder, ["node", "bundle.mjs"], { env: { AGENTIC_RAG_DOCUMENTS: documents } }));
    run(folder, [...bundle, "--packages=external", "--outfile=external.mjs"]);
    expectAnswer(run(folder, ["node", "external.mjs"]));
    return "bundled whole, and with packages left outside; each bundle answered a question";
  },
};

const ROUTE = `import { assemble, createAgenticRag, readSettings } from "langgraph-agentic-rag";

export const dynamic = "force-dynamic";

export async function GET() {
  const graph = createAgenticRag(assemble(readSettings({})));
  const { answer, stopReason } = await graph.invoke({ question: "Under which licence is QwQ-32B published?" });
  return Response.json({ answer, stopReason });
}
`;

function page(body: string): string {
  return `export default function Page({ children }) {\n  return ${body};\n}\n`;
}

function next(version: string, ...options: readonly string[]): Check {
  return {
    name: `Next.js ${version}`,
    async check({ project, tarball }) {
      const folder = project(`with-next-${version}`);
      const packages = [`next@${version}`, "react@19", "react-dom@19", tarball, ...PEERS];
      run(folder, ["npm", "install", "--no-audit", "--no-fund", ...packages]);
      mkdirSync(join(folder, "app/ask"), { recursive: true });
      writeFileSync(join(folder, "app/layout.js"), page('<html lang="en"><body>{children}</body></html>'));
      writeFileSync(join(folder, "app/page.js"), page("<p>Ask.</p>"));
      writeFileSync(join(folder, "app/ask/route.js"), ROUTE);
      run(folder, ["npx", "next", "build", ...options]);
      expectAnswer(await askServer(folder));
      return `built${options.length === 0 ? "" : ` with ${options.join(" ")}`}; its server answered a question`;
    },
  };
}

async function askServer(folder: string): Promise<string> {
  const port = await freePort();
  const manifest: { bin: { next: string } } = JSON.parse(
    readFileSync(join(folder, "node_modules/next/package.json"), "utf8"),
  );
  const program = join(folder, "node_modules/next", manifest.bin.next);
  const args = [program, "start", "--hostname", "127.0.0.1", "--port", String(port)];
  const server = spawn("node", args, { cwd: folder, env: environment(), stdio: "ignore" });
  const ended = once(server, "exit");
  try {
    for (let tries = 0; tries < 120; tries += 1) {
      const response = await fetch(`http://127.0.0.1:${String(port)}/ask`).catch(() => undefined);
      if (response !== undefined) return await response.text();
      await wait(500);
    }
    throw new Error("next start did not answer within a minute.");
  } finally {
    server.kill();
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("There is no free port.");
  return address.port;
}

export const BUNDLER_CHECKS: readonly Check[] = [esbuild, next("15"), next("16", "--webpack")];
