import type { RunState } from "../../src/graph/state.ts";
import type { Protocol } from "../../src/protocol/protocol.ts";
import { isOwnStep } from "../../src/graph/step-messages/own-steps.ts";
import { isPaired } from "../graph/step-messages/paired.ts";
import type { RunWatch } from "./run-watch.ts";
import { FOUND_WORD, PLANTED } from "./outside/said.ts";
import type { World } from "./world.ts";

/** What must hold of a run that is at its end. `earlier` are the marks of its thread's questions before. */
export function checkConclusion(
  world: World,
  run: RunWatch,
  protocol: Protocol,
  state: RunState,
  earlier: readonly string[],
): void {
  const require = (holds: boolean, rule: string): void => {
    if (!holds) world.violate(`${run.mark}: ${rule}`);
  };
  const { stopReason, answered, answer, spent, failure, transcript, usage } = state;
  require(stopReason !== null, "every run ends with a stop reason");
  const expected =
    failure !== null
      ? "model-error"
      : spent === null
        ? answered
          ? "answered"
          : "no-answer"
        : spent === "repetition"
          ? spent
          : `${spent}-budget`;
  require(stopReason === expected, `the stop reason says why it ended (${String(stopReason)}, ${expected})`);

  const stop = [...protocol.stop, ...protocol.answerStop];
  let before = "";
  for (const { origin, text } of transcript) {
    if (origin === "model") {
      const isWritten = run.wrote(before, text, stop);
      require(isWritten, "what is the model's was written by the model, there");
      if (!isWritten)
        world.note(
          `not written: ${JSON.stringify({ before: before.slice(-80), text, said: run.requests.map(({ turn, said }) => [turn.slice(-80), said]) })}`,
        );
    }
    before += text;
  }
  if (answered) {
    const meant = transcript.map((segment) =>
      segment.noAnswer === true ? { ...segment, origin: "runtime" as const } : segment,
    );
    require((protocol.answer(meant) ?? "").trim() !== "" && answer.trim() !== "", "an answer has text");
    const model = meant.map(({ origin, text }) => (origin === "model" ? text : "")).join("");
    const isSaid = letters(unlinked(model)).includes(letters(unlinked(answer)));
    require(isSaid, "an answer is what the model wrote");
    if (!isSaid) world.note(JSON.stringify({ answer, model }));
    require(failure === null, "there is no answer where the model failed");
  } else {
    require(answer.startsWith("There is no answer"), "where there is no answer, it says so");
  }
  require(!answered || !/<tool_call>|<\|im_/.test(answer), "no tag is in an answer");
  require(!answered || !answer.includes(FOUND_WORD), "what was found is not the answer");

  const { messages, ...own } = state;
  run.ownText(JSON.stringify({ ...own, opening: null, generations: [] }), "state");
  run.ownText(
    JSON.stringify([state.opening, state.generations, messages.map(({ text }) => text)]),
    "conversation",
    earlier,
  );
  require(!JSON.stringify(state.queries).includes(PLANTED), "nothing that a page wrote is searched for");
  require(isPaired(messages), "each call in the conversation has what it came to behind it");
  const said = messages.filter((message) => !isOwnStep(message) && message.text !== "");
  require(world.plan.limits.stepMessages === true ||
    said.length === messages.length, "no step is in a conversation that wants none");
  const kinds = said.map((message) => message.getType()).join(" ");
  const asked = earlier.length + 1;
  require(kinds ===
    Array.from({ length: asked }, () => "human ai").join(
      " ",
    ), `each question has one answer, and is there once (${kinds})`);

  const { model: traits, limits } = world.plan;
  if (traits.heedsLimit && traits.through === "direct") {
    // where nobody counts, a stop string is, also where a model had no room left for it
    const uncounted = usage.estimated ? Math.max(...stop.map(({ length }) => Math.ceil(length / 4))) : 0;
    require(usage.completionTokens <= limits.maxTokens + uncounted, "no more tokens than allowed");
  }
  const searching = world.rules.timeBindsSearches ? 0 : world.otherMs;
  require(usage.milliseconds <=
    limits.maxSeconds * 1000 +
      searching +
      50, `no more time than allowed (${Math.round(usage.milliseconds)} ms)`);
}

/** Without the addresses of links and images, and what the run says of its sources at the end. */
function unlinked(answer: string): string {
  return answer
    .replaceAll(/\]\([^)\s]*\)|\(unverified\)/g, "]")
    .replace(/\n\n(?:Every search|No search|None of)[^\n]*$/, "");
}

function letters(text: string): string {
  return bare(text).replaceAll(/\d/g, "");
}

/** Letters and digits alone. */
function bare(text: string): string {
  return text.replaceAll(/<\s*\/?[a-z_]+>/g, "").replaceAll(/[^\p{L}\p{N}]/gu, "");
}
