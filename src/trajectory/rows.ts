import type { NativeSide } from "../turn.ts";
import { conversationOf } from "./conversation.ts";
import { spansOf } from "./spans.ts";
import { tokenSequences, type Encode, type TokenSequence } from "./tokens.ts";
import type { Trajectory } from "./trajectory.ts";

/** The forms that trajectories are written in for trainers: see `docs/training.md`. */
export const ROW_FORMS = [
  "trl",
  "messages",
  "tokens",
  "trl-rollout",
  "verl",
  "verl-parquet",
  "text",
  "runs",
] as const;
export type RowForm = (typeof ROW_FORMS)[number];

export type Row = Readonly<Record<string, unknown>>;

export interface RowOptions {
  /** The protocol's side for models with tool calls; undefined where it has none. */
  readonly side: NativeSide | undefined;
  /** Makes ids where the endpoint told none. */
  readonly encode: Encode | undefined;
  /** The token that ends a turn where ids are made. */
  readonly endId?: number | undefined;
  /** Its advantage in its group. */
  readonly advantage: number | undefined;
}

/** Rows of a run, and why there are none. */
export interface Rows {
  readonly rows: readonly Row[];
  /** Why there is none. */
  readonly missing?: "failed" | "messages" | "ids";
  readonly sequences?: readonly TokenSequence[];
}

/** The rows of a run in a form. A run that failed before it said anything has none. */
export function rowsOf(trajectory: Trajectory, form: RowForm, options: RowOptions): Rows {
  if (form === "runs") return { rows: [trajectory] };
  if (form === "verl-parquet") return { rows: [questionRow(trajectory)] };
  const { segments, opening } = trajectory;
  if (opening === null || !segments.some(({ origin }) => origin === "model"))
    return { rows: [], missing: "failed" };
  if (form === "trl" || form === "messages" || form === "text")
    return { rows: [textRow(trajectory, form, options)] };
  const sequences = tokenSequences(trajectory, options.encode, options.endId);
  if (sequences === undefined) return { rows: [], missing: "ids" };
  if (sequences.length === 0) return { rows: [], missing: "messages" };
  const rows = sequences.map((sequence, at) => tokenRow(trajectory, form, sequence, { ...options, at }));
  return { rows, sequences };
}

function textRow(
  trajectory: Trajectory,
  form: "trl" | "messages" | "text",
  { side, advantage }: RowOptions,
): Row {
  const shared = { id: trajectory.id, ...scoresOf(trajectory, advantage) };
  if (form === "text") {
    const { promptText } = trajectory.generations[0] ?? {};
    return { ...shared, prompt: promptText ?? null, ...spansOf(trajectory) };
  }
  const { prompt, completion, tools } = conversationOf(trajectory, side);
  return form === "trl"
    ? { prompt, completion, tools, ...shared }
    : { messages: [...prompt, ...completion], tools, ...shared };
}

function tokenRow(
  trajectory: Trajectory,
  form: RowForm,
  sequence: TokenSequence,
  { advantage, at }: RowOptions & { readonly at: number },
): Row {
  const { id, generations, reward = null } = trajectory;
  const { promptIds, responseIds, responseMask, responseLogprobs = null } = sequence;
  const rest = {
    group_id: trajectory.group ?? null,
    rollout_id: at === 0 ? id : `${id}/${at}`,
    stop_reason: trajectory.stopReason,
    data_source: trajectory.data?.source ?? null,
    sampled_by: {
      model: trajectory.opening?.model.name ?? null,
      temperature: numberOf(trajectory.sampling["temperature"]),
      seed: numberOf(trajectory.sampling["seed"]),
    },
    extra_info: {
      question: trajectory.question,
      index: trajectory.data?.index ?? null,
      raw_answer: trajectory.rawAnswer,
    },
  };
  if (form === "trl-rollout")
    return {
      prompt_ids: promptIds,
      completion_ids: responseIds,
      logprobs: responseLogprobs,
      env_mask: responseMask,
      reward,
      ...rest,
    };
  const tokens = {
    prompt_ids: promptIds,
    response_ids: responseIds,
    response_mask: responseMask,
    response_logprobs: responseLogprobs,
  };
  if (form === "verl")
    return {
      ...tokens,
      reward_score: reward,
      num_turns: generations.length,
      metrics: {},
      extra_fields: rest,
    };
  return { ...tokens, reward, advantage: advantage ?? null, ...rest };
}

/** A question as verl and Search-R1 take it: rows of one group are the same but for their index. */
function questionRow({ group, id, question, data, opening }: Trajectory): Row {
  const target = data?.goldenAnswers ?? [];
  const messages = opening?.messages ?? [{ role: "user" as const, content: question }];
  return {
    id: group ?? id,
    question,
    golden_answers: target,
    data_source: data?.source ?? "",
    prompt: messages.map(({ role, content }) => ({ role, content })),
    ability: "fact-reasoning",
    reward_model: { style: "rule", ground_truth: { target } },
    extra_info: { split: data?.split ?? "train", index: data?.index ?? 0 },
  };
}

function scoresOf({ reward, group }: Trajectory, advantage: number | undefined): Row {
  return {
    ...(group !== undefined && { group_id: group }),
    ...(reward !== undefined && { reward }),
    ...(advantage !== undefined && { advantage }),
  };
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
