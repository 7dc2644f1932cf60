import { resolve } from "node:path";
import { z } from "zod";
import { AgenticRagError, messageOf } from "../../errors.ts";
import { parseJson } from "../../net/json.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { chooseNow } from "../arguments/chosen-settings.ts";
import { createScore } from "../data/rewards.ts";
import { runSample, statesOf } from "../data/rollouts.ts";
import { appendTrajectory } from "../data/trajectory-file.ts";
import { openAgent } from "../open-agent.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { UsageError } from "../terminal/failure.ts";
import { interruptible } from "../terminal/interruption.ts";
import { printableJson } from "../terminal/printable.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

type Environment = Surroundings["environment"];

/** How long a trainer has to take a reward, in milliseconds. */
const REWARD_MS = 30_000;

/**
 * Asks the one question that a trainer has put into the environment, over the trainer's own endpoint, and posts the reward.
 * Names: `AGL_OPENAI_BASE_URL`, `AGL_KEY` and `AGL_EVENT_URL` of Agent Lightning, `OPENAI_BASE_URL`, `OPENAI_API_KEY` and
 * `OPENAI_MODEL` of verifiers and others; `QUESTION` and `GOLDEN_ANSWERS`. What is set under a name of ours wins.
 */
export async function rolloutWorker(args: Arguments, given: Surroundings): Promise<number> {
  const { environment: told, folder, stdout } = given;
  const question = (told["QUESTION"] ?? "").trim();
  if (question === "") {
    throw new UsageError(
      "rollout takes a data set and a file: agentic-rag rollout <dataset> --out <file>. As a trainer's worker it takes its question from QUESTION.",
    );
  }
  const surroundings = { ...given, environment: workerEnvironment(told) };
  const golden = goldenAnswers(told["GOLDEN_ANSWERS"]);
  const wanted = args.values.get("reward") ?? "em";
  const score = await createScore(wanted, folder);
  return interruptible(surroundings, async (signal) => {
    const opened = await openAgent(args, surroundings, signal, () =>
      Promise.resolve({ durability: undefined }),
    );
    try {
      const { agent, settings } = opened;
      const date = new Intl.DateTimeFormat("sv-SE").format(chooseNow(args)());
      const asked = {
        group: question,
        question,
        index: 0,
        ...(golden !== undefined && { goldenAnswers: golden }),
      };
      const plan = {
        states: statesOf(agent),
        settings,
        score,
        date,
        seed: settings.sampling.seed ?? 0,
        signal,
      };
      const run = await runSample(plan, { asked, sample: 0 });
      const out = args.values.get("out");
      if (out !== undefined) await appendTrajectory(resolve(folder, out), run);
      const { rawAnswer, answered, stopReason, failure, scores, reward } = run;
      const result = { question, answer: rawAnswer, answered, stopReason, failure, scores, reward };
      stdout.write(`${printableJson(result)}\n`);
      const address = told["AGL_EVENT_URL"];
      if (address !== undefined && reward !== undefined) {
        await postReward(
          address,
          told["AGL_KEY"],
          { value: reward, source: "agentic-rag", reason: wanted },
          signal,
        );
      }
      return failure === null ? EXIT_CODES.answered : EXIT_CODES.failed;
    } finally {
      await opened.close();
    }
  });
}

/** A gateway records every request as a turn of the training: none is sent but those of the question, and no stream. */
function workerEnvironment(told: Environment): Environment {
  const gateway = told["AGL_OPENAI_BASE_URL"];
  const named = {
    AGENTIC_RAG_MODEL_URL: gateway ?? told["OPENAI_BASE_URL"],
    AGENTIC_RAG_MODEL_API_KEY: gateway === undefined ? told["OPENAI_API_KEY"] : told["AGL_KEY"],
    AGENTIC_RAG_MODEL: told["OPENAI_MODEL"] ?? "default",
    // raw text is exact by construction; gateways of chats alone have no route for it
    AGENTIC_RAG_MODEL_FAMILY: gateway === undefined ? "native-tools" : "completions",
    AGENTIC_RAG_MODEL_DIALECT: "generic",
    AGENTIC_RAG_MODEL_PROBE: "off",
    AGENTIC_RAG_MODEL_STREAM: "off",
  };
  if (named.AGENTIC_RAG_MODEL_URL === undefined) return told;
  const set = Object.entries(told).filter(([, value]) => value !== undefined && value !== "");
  return { ...named, ...Object.fromEntries(set) };
}

function goldenAnswers(text: string | undefined): readonly string[] | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const list = z.array(z.coerce.string()).safeParse(parseJson(text));
  return list.success ? list.data : [text];
}

async function postReward(
  address: string,
  key: string | undefined,
  data: { readonly value: number; readonly source: string; readonly reason: string },
  signal: AbortSignal,
): Promise<void> {
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ event_type: "reward", data }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(REWARD_MS)]),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`status ${response.status}`);
  } catch (cause) {
    throw new AgenticRagError(
      "settings-invalid",
      `The reward could not be posted to AGL_EVENT_URL (${messageOf(cause)}). Check that address and AGL_KEY.`,
      { cause },
    );
  }
}
