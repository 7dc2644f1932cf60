import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Skipped, type Check } from "./check.ts";
import { expectAnswer, PEERS, writeProgram } from "./program.ts";
import { attempt, expectThat, run } from "./run.ts";

const OLD = "18";
const SUPPORTED = ["20", "22", "24"] as const;

const nodes: Check = {
  name: `Node.js ${OLD}, ${SUPPORTED.join(", ")}`,
  check({ clone, project, tarball }) {
    const folder = project("with-nodes");
    run(folder, ["npm", "install", "--no-audit", "--no-fund", tarball, ...PEERS]);
    const bin = join(folder, "node_modules/langgraph-agentic-rag/dist/cli/bin.cjs");
    const main = writeProgram(folder);
    const nodeOf = (version: string): string => {
      const place = project(`node-${version}`);
      run(place, ["npm", "install", "--no-audit", "--no-fund", `node@${version}`]);
      return join(place, "node_modules/node/bin/node");
    };
    const { exitCode, err } = attempt(folder, [nodeOf(OLD), bin, "--version"]);
    expectThat(
      exitCode === 2 &&
        /^agentic-rag needs Node\.js 20\.19 or later, and this is 18\.\d+\.\d+\. [^\n]*\n$/.test(err),
      `Node.js ${OLD} is told:\n${err}`,
    );
    const tsx = join(clone, "node_modules/tsx/dist/cli.mjs");
    for (const version of SUPPORTED) {
      const node = nodeOf(version);
      expectAnswer(run(folder, [node, main]));
      run(folder, [node, bin, "--version"]);
      run(clone, [node, tsx, "src/cli/bin.cts", "--version"]);
    }
    return `${OLD} is told in one sentence what is needed; the others answered a question, and started the command, from source too`;
  },
};

const CONFIGURATIONS = ["langgraph.json", "langgraph.production.json"] as const;

const python: Check = {
  name: "LangChain's command line in Python",
  check({ clone, project }) {
    const folder = project("with-python");
    const made = attempt(folder, ["python3", "-m", "venv", "venv"]);
    if (made.exitCode !== 0) throw new Skipped("python3 with venv is not here");
    run(folder, ["venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "langgraph-cli"]);
    const langgraph = join(folder, "venv/bin/langgraph");
    for (const configuration of CONFIGURATIONS) {
      run(clone, [langgraph, "validate", "-c", configuration]);
      const dockerfile = join(folder, `${configuration}.Dockerfile`);
      run(clone, [langgraph, "dockerfile", "-c", configuration, dockerfile]);
      const text = readFileSync(dockerfile, "utf8");
      expectThat(
        /^FROM langchain\/langgraphjs-api:20$/m.test(text),
        `Its Dockerfile begins otherwise:\n${text}`,
      );
      expectThat(/^RUN npm ci$/m.test(text), `Its Dockerfile does not install with npm ci:\n${text}`);
    }
    return `${run(folder, [langgraph, "--version"]).trim()} validates ${CONFIGURATIONS.join(" and ")} and writes a Dockerfile of each`;
  },
};

const workflows: Check = {
  name: "actionlint",
  check({ clone }) {
    const go = attempt(clone, ["go", "env", "GOPATH"]);
    const installed = join(go.out.trim(), "bin/actionlint");
    const actionlint = go.exitCode === 0 && existsSync(installed) ? installed : "actionlint";
    if (attempt(clone, [actionlint, "-version"]).exitCode !== 0)
      throw new Skipped("it is not here: go install github.com/rhysd/actionlint/cmd/actionlint@latest");
    run(clone, [actionlint]);
    return "finds nothing in .github/workflows";
  },
};

export const PLATFORM_CHECKS: readonly Check[] = [nodes, python, workflows];
