import type { Finish } from "../exchange/read-to-end.ts";
import type { Reading } from "./dialect.ts";
import type { ScoredToken } from "./token-logprobs.ts";

/** Text and its ids; `undefined` where they are not idsComplete to belong to exactly this text. */
export interface Sampled {
  readonly text: string;
  readonly tokenIds: readonly number[] | undefined;
  /** One for each of `tokenIds`; without ids, one for each token of the server. */
  readonly logprobs: readonly number[] | undefined;
}

export interface Ending extends Finish {
  /** The ids of exactly `stopReason`. */
  readonly tokenIds?: readonly number[];
  readonly logprobs?: readonly number[];
}

export interface AlignOptions {
  /** The stop strings that were asked for. */
  readonly stop: readonly string[];
  /** Tokens that were asked to end the reply. */
  readonly stopTokenIds: readonly number[];
  /** The text contains the stop string that ended it. */
  readonly showsStop: boolean;
  /** What is needed where ids are wanted. */
  readonly encoding: StopEncoding | undefined;
}

export interface StopEncoding {
  /** The ids of each stop string. */
  readonly stopIds: ReadonlyMap<string, readonly number[]>;
  encode(text: string): Promise<readonly number[] | undefined>;
  decode(ids: readonly number[]): Promise<string | undefined>;
}

/** The shape of the token that ends a turn, such as `<|im_end|>` or `</s>`: no other token's text is ever taken off. */
const TURN_END = /^(?:<[^<>\n]+>|\[[^[\]\n]+\])$/;

/** What came of a reading of the reply: texts that are certain now. */
export interface Aligner {
  read(
    reading: Pick<Reading, "text" | "tokenIds" | "sampled" | "logprobs" | "finish">,
  ): Promise<readonly Sampled[]>;
  end(finish: Finish): Promise<{ readonly texts: readonly Sampled[]; readonly ending: Ending }>;
  /** What was kept back of a reply that broke off. */
  rest(): readonly Sampled[];
}

/**
 * Puts texts and ids of a stream together, so that what has ids has exactly those of its text, and takes the stop
 * string off where the server shows it. What may be the beginning of a stop string is kept back until more comes.
 */
export function createAligner({ stop, stopTokenIds, showsStop, encoding }: AlignOptions): Aligner {
  /** The last text: the end of the reply may show that a part of its ids or of its text does not belong to it. */
  let last: Sampled | undefined;
  /** Ids and log-probabilities since the last text, and whether ids are missing. */
  let held: number[] = [];
  let scored: ScoredToken[] = [];
  let missingIds = 0;
  let idsComplete = true;
  let told = 0;

  const take = (): readonly Sampled[] => {
    const taken = last === undefined ? [] : [last];
    last = undefined;
    return taken;
  };

  /** The ids of a text before which `early` of them came without text, and `missingIds` more not at all. */
  async function idsOf(text: string, ids: readonly number[], early: number) {
    if (encoding === undefined || !idsComplete || text.includes("\uFFFD")) return undefined;
    if (missingIds > 0) {
      const encoded = await encoding.encode(text);
      const fits = encoded?.length === ids.length + missingIds && endsWith(encoded, ids);
      return fits ? encoded : undefined;
    }
    if (early === 0 || showsStop) return ids;
    // held back as the beginning of a stop string, or of a control token that is not shown
    return (await encoding.decode(ids)) === text ? ids : undefined;
  }

  /** Those since the last text, if there is one for each id; without ids, if their tokens are this text. */
  function logprobsOf(text: string, ids: readonly number[] | undefined): readonly number[] | undefined {
    const fits =
      ids === undefined
        ? missingIds === 0 && scored.length > 0 && scored.map((token) => token.text).join("") === text
        : scored.length === ids.length;
    return fits ? scored.map(({ logprob }) => logprob) : undefined;
  }

  /** Whether a text ends in the beginning of a stop string. */
  function endsWithinStop(text: string): boolean {
    return stop.some((one) => {
      for (let length = Math.min(one.length - 1, text.length); length > 0; length -= 1) {
        if (text.endsWith(one.slice(0, length))) return true;
      }
      return false;
    });
  }

  function endsInStop(text: string): boolean {
    return endsWithinStop(text) || stop.some((one) => one !== "" && text.endsWith(one));
  }

  /** Takes what ended the reply off the end of the last text. */
  async function endShown(finish: Finish): Promise<Ending> {
    if (last === undefined || finish.finishReason !== "stop") return finish;
    const found = stopAtEnd(last.text, finish.stopReason);
    const ids = found === undefined ? undefined : encoding?.stopIds.get(found);
    const fits = ids !== undefined && endsWith(last.tokenIds, ids);
    const ended = fits ? withLogprobs({ tokenIds: ids }, last.logprobs?.slice(-ids.length)) : {};
    if (finish.stopReason === null) {
      if (!fits) await dropTurnEnd(last);
      else cutLast(found, ids);
      // a stop token that was asked for is a stop string; any other is the end of the turn
      const asked = found !== undefined && ids?.length === 1 && stopTokenIds.includes(ids[0] ?? -1);
      return asked && fits ? { ...finish, stopReason: found, ...ended } : finish;
    }
    if (found === undefined) return finish;
    cutLast(found, fits ? ids : undefined);
    return { ...finish, stopReason: found, ...ended };
  }

  /** The stop string that a text ends with: the one that is named, or the longest. */
  function stopAtEnd(text: string, named: string | null | undefined): string | undefined {
    const candidates = typeof named === "string" ? [named] : stop;
    return candidates
      .filter((one) => one !== "" && text.endsWith(one))
      .sort((a, b) => b.length - a.length)[0];
  }

  /** Takes the text of the token that ends a turn off the last text, where the last token is one. */
  async function dropTurnEnd({ text, tokenIds }: Sampled): Promise<void> {
    const id = held.length === 0 ? tokenIds?.at(-1) : undefined;
    const piece = id === undefined ? undefined : await encoding?.decode([id]);
    if (id === undefined || piece === undefined || !TURN_END.test(piece)) return;
    if (text.endsWith(piece)) cutLast(piece, [id]);
    else last = { text, tokenIds: undefined, logprobs: undefined };
  }

  function cutLast(end: string | undefined, ids: readonly number[] | undefined): void {
    if (last === undefined || end === undefined) return;
    const text = last.text.slice(0, -end.length);
    const tokenIds = ids === undefined ? undefined : last.tokenIds?.slice(0, -ids.length);
    const logprobs = ids === undefined ? undefined : last.logprobs?.slice(0, -ids.length);
    last = text === "" ? undefined : { text, tokenIds, logprobs };
  }

  /** The end of a text that is shown without its stop string. */
  function endHidden(finish: Finish): Ending {
    if (typeof finish.stopReason !== "string") return finish;
    const stopIds = encoding?.stopIds.get(finish.stopReason);
    const whole = idsComplete && missingIds === 0 && stopIds?.length === held.length;
    if (whole && endsWith(held, stopIds)) {
      return { ...finish, ...withLogprobs({ tokenIds: stopIds }, logprobsOf(finish.stopReason, stopIds)) };
    }
    // the stop string began within the last text's tokens
    if (held.length === 0 && last !== undefined) {
      last = { text: last.text, tokenIds: undefined, logprobs: undefined };
    }
    return withLogprobs(
      finish,
      encoding === undefined ? logprobsOf(finish.stopReason, undefined) : undefined,
    );
  }

  /** A text that was kept back as the beginning of a stop string and dropped when the limit was reached. */
  async function dropped({ finishReason }: Finish): Promise<readonly Sampled[]> {
    if (finishReason !== "length" || held.length === 0 || !idsComplete || missingIds > 0) return [];
    const text = await encoding?.decode(held);
    if (text === undefined || text.includes("\uFFFD") || !endsInStop(text)) return [];
    return [{ text, tokenIds: held, logprobs: logprobsOf(text, held) }];
  }

  return {
    async read({ text, tokenIds: ids, sampled: count, logprobs, finish }) {
      idsComplete &&= ids !== undefined || text === "";
      const toldNow = ids ?? logprobs;
      if (count !== undefined && toldNow !== undefined) {
        missingIds += Math.max(0, count - told - toldNow.length);
        told = count;
      }
      const early = held.length;
      held.push(...(ids ?? []));
      scored.push(...(logprobs ?? []));
      if (text === "") return [];
      const tokenIds = await idsOf(text, held, early);
      const sampled = { text, tokenIds, logprobs: logprobsOf(text, tokenIds) };
      held = [];
      scored = [];
      missingIds = 0;
      idsComplete = true;
      // a whole stop string that the server goes on behind is none that it heeds
      const goesOn = showsStop && last !== undefined && endsWithinStop(last.text);
      const before = goesOn ? [] : take();
      last = goesOn ? joined(last, sampled) : sampled;
      const mayChange = showsStop ? finish !== undefined || endsInStop(last.text) : encoding !== undefined;
      return mayChange ? before : [...before, ...take()];
    },
    async end(finish) {
      const ending = showsStop ? await endShown(finish) : endHidden(finish);
      const lost = showsStop ? [] : await dropped(finish);
      return { ending, texts: [...take(), ...lost] };
    },
    rest: take,
  };
}

function joined(a: Sampled | undefined, b: Sampled): Sampled {
  if (a === undefined) return b;
  const idsComplete = a.tokenIds !== undefined && b.tokenIds !== undefined;
  const scored = a.logprobs !== undefined && b.logprobs !== undefined;
  return {
    text: a.text + b.text,
    tokenIds: idsComplete ? [...a.tokenIds, ...b.tokenIds] : undefined,
    logprobs: scored ? [...a.logprobs, ...b.logprobs] : undefined,
  };
}

function withLogprobs<Of extends object>(of: Of, logprobs: readonly number[] | undefined) {
  return { ...of, ...(logprobs !== undefined && { logprobs }) };
}

function endsWith(ids: readonly number[] | undefined, end: readonly number[] | undefined): boolean {
  if (ids === undefined || end === undefined) return false;
  return end.every((id, at) => ids[ids.length - end.length + at] === id);
}
