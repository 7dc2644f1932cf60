import { BUNDLER_CHECKS } from "./bundlers.ts";
import { Skipped, type Check } from "./check.ts";
import { CLONE_CHECKS } from "./clone.ts";
import { MANAGER_CHECKS } from "./managers.ts";
import { PLATFORM_CHECKS } from "./platforms.ts";
import { expectThat, run } from "./run.ts";
import { openWorkshop } from "./workshop.ts";

// The package as people get it: packed from a clean clone of the last commit, and used. What is installed comes from the
// registries that npm and pip are set up for.
//
//   npm run check:package              every check
//   npm run check:package -- next      those whose names say so

const wanted = process.argv.slice(2).map((word) => word.toLowerCase());

const workshop = openWorkshop();
const { installed } = workshop;

const installation: Check = {
  name: "npm install in a clean clone",
  check() {
    expectThat(installed.warnings.length === 0, `It prints:\n${installed.warnings.join("\n")}`);
    return `${String(installed.megabytes)} MB, no line of warnings`;
  },
};

const form: Check = {
  name: "publint, and types as attw sees them",
  check({ root, tarball }) {
    run(root, ["npx", "publint", "--strict", tarball]);
    run(root, ["npx", "attw", tarball, "--profile", "esm-only"]);
    return "find nothing";
  },
};

const ALL = [installation, ...CLONE_CHECKS, form, ...MANAGER_CHECKS, ...BUNDLER_CHECKS, ...PLATFORM_CHECKS];
const chosen = ALL.filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.toLowerCase().includes(word)),
);
expectThat(
  chosen.length > 0,
  `There is no such check. There are:\n${ALL.map(({ name }) => name).join("\n")}`,
);

try {
  for (const { name, check } of chosen) {
    const begun = performance.now();
    const tell = (mark: string, words: string): void =>
      console.log(`${mark}  ${name}: ${words} (${((performance.now() - begun) / 1000).toFixed(0)} s)`);
    try {
      tell("ok     ", await check(workshop));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const isSkipped = error instanceof Skipped;
      tell(isSkipped ? "skipped" : "FAILED ", error.message);
      if (!isSkipped) process.exitCode = 1;
    }
  }
} finally {
  workshop.close();
}
