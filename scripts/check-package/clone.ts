import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Check } from "./check.ts";
import { expectAnswer, writeProgram } from "./program.ts";
import { attempt, expectThat, run } from "./run.ts";

const QUESTION = "Under which licence is QwQ-32B published?";

/** A clone answers from source, and what is packed in it has its code. */
const readme: Check = {
  name: "npm pack and npm start in a clean clone",
  check({ clone, tarball }) {
    const files = run(dirname(tarball), ["tar", "-tzf", tarball]).trim().split("\n");
    const compiled = files.filter((file) => file.startsWith("package/dist/"));
    for (const file of ["index.js", "index.d.ts", "cli/bin.cjs", "cli/main.js"])
      expectThat(compiled.includes(`package/dist/${file}`), `The package lacks dist/${file}.`);
    const hasArticles = compiled.some((file) => /\/articles-\w+\.sqlite$/.test(file));
    expectThat(hasArticles, "The package lacks the index of the shipped articles.");
    const answer = run(clone, ["npm", "start", "--silent", "--", QUESTION]);
    expectThat(answer.includes("Apache 2.0"), `npm start has not answered:\n${answer}`);
    return `${String(files.length)} files packed, ${String(compiled.length)} of them compiled; a question answered from source`;
  },
};

const production: Check = {
  name: "npm ci --omit=dev in a clean clone",
  check({ clone, project }) {
    const folder = project("production");
    run(folder, ["git", "clone", "--quiet", pathToFileURL(clone).href, "clone"]);
    const copy = join(folder, "clone");
    run(copy, ["npm", "ci", "--omit=dev", "--no-audit", "--no-fund"]);
    expectThat(!existsSync(join(copy, "dist")), "It builds without a compiler.");
    expectThat(!existsSync(join(copy, "node_modules/typescript")), "It installs tools.");
    const packed = attempt(copy, ["npm", "pack"]);
    expectThat(
      packed.exitCode !== 0 && packed.err.includes("npm install"),
      `npm pack does not say what is missing:\n${packed.err}`,
    );
    return "nothing built, no tools; npm pack says there what is missing";
  },
};

const git: Check = {
  name: "npm install git+file://…",
  check({ clone, project }) {
    const folder = project("from-git");
    run(folder, [
      "npm",
      "install",
      "--no-audit",
      "--no-fund",
      `git+${pathToFileURL(clone).href}`,
      "@langchain/langgraph",
      "@langchain/core",
      "zod",
    ]);
    expectAnswer(run(folder, ["node", writeProgram(folder)]));
    return "built by its installation; a question answered through the library";
  },
};

/** What .dockerignore lets into the image, installed as its Dockerfile does. */
const image: Check = {
  name: "npm ci on the image's files",
  check({ clone, project }) {
    const folder = project("image");
    const kept = readFileSync(join(clone, ".dockerignore"), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("!"))
      .map((line) => line.slice(1));
    for (const path of kept) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      cpSync(join(clone, path), join(folder, path), { recursive: true });
    }
    run(folder, ["npm", "ci", "--no-audit", "--no-fund"]);
    const graph =
      'const { graph } = await import("./graphs/agentic-rag.ts"); console.log(typeof graph.invoke);';
    const seen = run(folder, ["node", "--import", "tsx", "--input-type=module", "--eval", graph]);
    expectThat(seen.trim() === "function", `The graph cannot be loaded:\n${seen}`);
    return `installed from ${kept.join(", ")}; the graph loads`;
  },
};

export const CLONE_CHECKS: readonly Check[] = [readme, production, git, image];
