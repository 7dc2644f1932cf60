import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { RunControl } from "@langchain/langgraph";
import { driveThread, type DrivenAgent } from "../../src/durability/driver.ts";
import { openSqliteDurability } from "../../src/durability/sqlite/sqlite.ts";
import { VERSION } from "../../src/version.ts";
import { goldenAgent, QUESTION, STANDS, type Stand } from "./golden.ts";

/**
 * Writes test/fixtures/checkpoints/v<version>.sqlite: threads that stand at every place where a run can be left. Run it
 * once for a release, `npx tsx test/durability/make-golden.ts`, and never again: later versions must go on from it.
 */
const FILE = fileURLToPath(new URL(`../fixtures/checkpoints/v${VERSION}.sqlite`, import.meta.url));
rmSync(FILE, { force: true });

const durability = openSqliteDurability(FILE);
for (const stand of STANDS) await leave(stand);
await durability.close();

/** Begins a run and leaves it where it is to stand. */
async function leave(stand: Stand): Promise<void> {
  if (stand === "not begun") {
    const claim = await durability.book.claim(stand, "make-golden", 0);
    if (claim.status === "claimed") await durability.book.begin(claim.lease, QUESTION);
    return;
  }
  const { agent } = goldenAgent(durability);
  const [when = "", node = ""] = stand.split(" ");
  const stop =
    when === "before"
      ? { interruptBefore: [node] }
      : when === "after"
        ? { interruptAfter: [node] }
        : stand === "drained"
          ? { control: drained() }
          : {};
  const left: DrivenAgent = {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the names of nodes are typed, and known here
    stream: (input, options) => agent.stream(input, { ...options, ...(stop as object) }),
    getState: (config) => agent.getState(config),
  };
  const { checkpointer } = durability;
  const put = checkpointer.put.bind(checkpointer);
  // the writes of the search are there, and the checkpoint that should follow is not
  if (stand === "killed after web-search") {
    checkpointer.put = (config, checkpoint, metadata, versions) =>
      metadata.step === 3 ? Promise.reject(new Error("killed")) : put(config, checkpoint, metadata, versions);
  }
  const request = { durability, agent: left, threadId: stand, owner: "make-golden", question: QUESTION };
  const ended = await driveThread({ ...request, maxAttempts: 1 }).catch((error: unknown) => String(error));
  checkpointer.put = put;
  process.stdout.write(`${stand}: ${typeof ended === "string" ? ended : ended.status}\n`);
}

function drained(): RunControl {
  const control = new RunControl();
  control.requestDrain("golden");
  return control;
}
