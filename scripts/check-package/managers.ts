import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Check, Workshop } from "./check.ts";
import { expectAnswer, PEERS, writeProgram } from "./program.ts";
import { expectThat, run } from "./run.ts";

/** Asks through the library and starts the command, by `exec`, in a project where the package is installed. */
function tryInstalled(project: string, exec: readonly string[], env: Record<string, string> = {}): string {
  expectAnswer(run(project, [...exec, "node", writeProgram(project)], { env }));
  for (const command of ["agentic-rag", "langgraph-agentic-rag"]) {
    const version = run(project, [...exec, command, "--version"], { env }).trim();
    expectThat(/^\d+\.\d+\.\d+$/.test(version), `${command} --version says: ${version}`);
  }
  return "installed in an empty project; a question answered through the library, both commands started";
}

const npm: Check = {
  name: "npm",
  check({ project, tarball }) {
    const folder = project("with-npm");
    run(folder, ["npm", "install", "--no-audit", "--no-fund", tarball, ...PEERS]);
    return tryInstalled(folder, ["npm", "exec", "--no", "--"]);
  },
};

const pnpm: Check = {
  name: "pnpm",
  check(workshop) {
    const cli = install(workshop, "pnpm-itself", "pnpm@10", "pnpm/bin/pnpm.cjs");
    const folder = workshop.project("with-pnpm");
    run(folder, ["node", cli, "add", workshop.tarball, ...PEERS]);
    return tryInstalled(folder, ["node", cli, "exec"]);
  },
};

const yarn: Check = {
  name: "Yarn 4 with Plug'n'Play",
  check(workshop) {
    const cli = install(workshop, "yarn-itself", "@yarnpkg/cli-dist@4", "@yarnpkg/cli-dist/bin/yarn.js");
    const folder = workshop.project("with-yarn");
    const registry = run(folder, ["npm", "config", "get", "registry"]).trim().replace(/\/$/, "");
    const env = { YARN_NPM_REGISTRY_SERVER: registry };
    writeFileSync(join(folder, ".yarnrc.yml"), "nodeLinker: pnp\nenableTelemetry: false\n");
    // an empty lock file says that this is a project of its own
    writeFileSync(join(folder, "yarn.lock"), "");
    run(folder, ["node", cli, "add", workshop.tarball, ...PEERS], { env });
    return tryInstalled(folder, ["node", cli, "exec"], env);
  },
};

/** Installs a package manager; returns the path of its program. */
function install({ project }: Workshop, name: string, spec: string, path: string): string {
  const folder = project(name);
  run(folder, ["npm", "install", "--no-audit", "--no-fund", spec]);
  return join(folder, "node_modules", path);
}

export const MANAGER_CHECKS: readonly Check[] = [npm, pnpm, yarn];
