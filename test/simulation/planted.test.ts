import { Command } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import type { AgenticRag } from "../../src/graph/graph.ts";
import type { AgenticRagParts } from "../../src/graph/parts.ts";
import {
  ContinuationModel,
  type ContinuationOptions,
  type ModelChunk,
  type PromptMessage,
} from "../../src/model/model.ts";
import type { SearchEngine, SearchOutcome } from "../../src/search/engine.ts";
import type { Plan } from "./plan.ts";
import { simulate, type Plant } from "./simulate.ts";

/** No defect hides from so many seeds. */
const MOST_SEEDS = 300;

/** The first seed that breaks this rule; `null` where none does. */
async function find(
  rule: RegExp,
  plant: Plant,
  change?: (plan: Plan) => Partial<Plan>,
): Promise<number | null> {
  for (let seed = 1; seed <= MOST_SEEDS; seed += 1) {
    const { violations } = await simulate(seed, {
      plant,
      change: (plan) => ({ ...plan, ...change?.(plan) }),
    });
    if (violations.some((violation) => rule.test(violation))) return seed;
  }
  return null;
}

describe("a defect is found that", { timeout: 120_000 }, () => {
  test("asks an engine again that has answered", async () => {
    const plant = withEngine((engine) => async (query, options) => {
      await engine.search(query, options);
      return engine.search(query, options);
    });
    expect(await find(/sent again/, plant)).not.toBeNull();
  });

  test("asks for more than the budget allows", async () => {
    const plant = withEngine((engine) => async (query, options) => {
      await engine.search(`${query} and more`, options);
      return engine.search(query, options);
    });
    expect(await find(/no search goes beyond the budget/, plant)).not.toBeNull();
  });

  test("gives one run what another has found", async () => {
    let before: SearchOutcome | undefined;
    const plant = withEngine((engine) => async (query, options) => {
      const outcome = await engine.search(query, options);
      const given = before ?? outcome;
      if (outcome.status === "found") before = outcome;
      return given;
    });
    expect(await find(/no text of one run in another/, plant, () => ({ threads: [1, 1] }))).not.toBeNull();
  });

  test("shows the model another prompt than it wrote", async () => {
    const plant = withMessages((messages) =>
      messages.map(({ role, content }) => ({ role, content: content.trimEnd() })),
    );
    expect(await find(/extends the last byte for byte/, plant)).not.toBeNull();
  });

  test("tells the model another day at each step", async () => {
    let day = 0;
    const plant = withMessages((messages) => {
      day += 1;
      return messages.map(({ role, content }) => ({
        role,
        content: content.replace("2026-11-22", `day ${day}`),
      }));
    });
    expect(await find(/begins as the first one/, plant)).not.toBeNull();
  });

  test("sends what a person has denied", async () => {
    const plant = withInput((input) => {
      const isDenied = input instanceof Command && JSON.stringify(input.resume) === '{"decision":"deny"}';
      return isDenied ? new Command({ resume: { decision: "approve" } }) : input;
    });
    expect(await find(/sent that a person did not allow .*denied/, plant, asking)).not.toBeNull();
  });

  test("calls an answer what the model has not written", async () => {
    const plant: Plant = {
      parts: (parts) => ({
        ...parts,
        protocol: {
          ...parts.protocol,
          answer: (turn) => parts.protocol.answer(turn) ?? turn.at(-1)?.text ?? null,
        },
      }),
    };
    expect(await find(/an answer has text/, plant)).not.toBeNull();
  });

  test("writes no step down before the next begins", async () => {
    const plant = withOptions((options) => ({ ...options, durability: "exit" }));
    expect(
      await find(/the transcript only grows/, plant, () => ({ keeper: "memory", kills: [35] })),
    ).not.toBeNull();
  });

  test("waits for ever", async () => {
    class Silent extends Delegating {
      override async *continueText(): AsyncGenerator<ModelChunk> {
        await new Promise(() => undefined);
        yield { type: "text", text: "" };
      }
    }
    const plant: Plant = { parts: (parts) => ({ ...parts, model: new Silent(modelOf(parts)) }) };
    expect(await find(/for ever|never comes/, plant)).not.toBeNull();
  });
});

function asking({ limits }: Plan): Partial<Plan> {
  return { limits: { ...limits, approveSearches: true } };
}

function withEngine(search: (engine: SearchEngine) => SearchEngine["search"]): Plant {
  return {
    parts: (parts) => ({ ...parts, engine: { name: parts.engine.name, search: search(parts.engine) } }),
  };
}

function withMessages(change: (messages: readonly PromptMessage[]) => readonly PromptMessage[]): Plant {
  class Changed extends Delegating {
    override continueText(messages: readonly PromptMessage[], options: ContinuationOptions) {
      return this.inner.continueText(change(messages), options);
    }
  }
  return { parts: (parts) => ({ ...parts, model: new Changed(modelOf(parts)) }) };
}

abstract class Delegating extends ContinuationModel {
  readonly family = "planted";
  readonly modelName = "planted";
  readonly inner: ContinuationModel;

  constructor(inner: ContinuationModel) {
    super({});
    this.inner = inner;
  }
}

function modelOf({ model }: AgenticRagParts): ContinuationModel {
  if (typeof model === "function") throw new TypeError("The simulated model is made already.");
  return model;
}

type Stream = AgenticRag["stream"];
type Input = Parameters<Stream>[0];
type Options = NonNullable<Parameters<Stream>[1]>;
type Asking = (input: Input, options?: Options) => unknown;

function withInput(change: (input: Input) => unknown): Plant {
  return around((stream) => (input, options) => stream(change(input) as Input, options));
}

function withOptions(change: (options: Options) => Options): Plant {
  return around(
    (stream) =>
      (input, options = {}) =>
        stream(input, change(options)),
  );
}

function around(change: (stream: Asking) => Asking): Plant {
  return {
    agent: (agent) =>
      new Proxy(agent, {
        get: (target, name) =>
          name === "stream"
            ? change((input, options) => target.stream(input, options))
            : (Reflect.get(target, name) as unknown),
      }),
  };
}
