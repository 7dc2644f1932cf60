import type { Finish } from "../exchange/read-to-end.ts";
import { endsInStop, stopPrefixLength } from "../exchange/stop-strings.ts";
import { joinRuns, type TokenRun } from "../exchange/token-run.ts";
import type { Reading } from "./dialect.ts";
import { addTokens, logprobsOf, NO_TOKENS, pairTokens, type AlignOptions } from "./told-tokens.ts";
import { endHidden, endShown, type Ended } from "./token-end.ts";

/** Gives the texts of a reply that are certain by now. */
export interface Aligner {
  /** To be called when the last reading is done. It takes time where ids are wanted. */
  read(
    reading: Pick<Reading, "text" | "tokenIds" | "sampled" | "logprobs" | "finish">,
  ): readonly TokenRun[] | Promise<readonly TokenRun[]>;
  end(finish: Finish): Promise<Ended>;
  /**
   * What was kept back of a reply that ended early. `goesOn`: without what may be the beginning of a stop string, which is
   * drawn again where the reply is continued.
   */
  rest(goesOn: boolean): readonly TokenRun[];
}

/**
 * Puts texts and ids of a stream together, so that what has ids has exactly those of its text, and takes the stop
 * string off where the server shows it. What may be the beginning of a stop string is kept back until more comes.
 */
export function createAligner(options: AlignOptions): Aligner {
  const { stop, showsStop, encoding } = options;
  /** The last text: the end of the reply may show that a part of its ids or of its text does not belong to it. */
  let last: TokenRun | undefined;
  /** Those since the last text. */
  let tokens = NO_TOKENS;

  const take = (): readonly TokenRun[] => {
    const taken = last === undefined ? [] : [last];
    last = undefined;
    return taken;
  };

  const add = (run: TokenRun, finish: Finish | undefined): readonly TokenRun[] => {
    tokens = { ...NO_TOKENS, sampled: tokens.sampled };
    // a whole stop string that the server goes on behind is none that it heeds
    const goesOn = showsStop && last !== undefined && stopPrefixLength(last.text, stop) > 0;
    const before = goesOn ? [] : take();
    last = goesOn && last !== undefined ? joinRuns([last, run]) : run;
    const mayChange = showsStop
      ? finish !== undefined || endsInStop(last.text, stop)
      : encoding !== undefined;
    return mayChange ? before : [...before, ...take()];
  };

  return {
    read(reading) {
      const isTold = reading.tokenIds !== undefined || reading.logprobs !== undefined || tokens !== NO_TOKENS;
      // the usual case: nothing is told of tokens, and no stop string is shown
      if (!isTold && encoding === undefined && !showsStop) {
        return reading.text === "" ? [] : [{ text: reading.text }];
      }
      const early = tokens.ids.length;
      tokens = addTokens(tokens, reading);
      const { text, finish } = reading;
      if (text === "") return [];
      if (encoding === undefined) {
        return add({ text, tokenIds: undefined, logprobs: logprobsOf(text, undefined, tokens) }, finish);
      }
      return pairTokens(text, tokens, early, options).then((run) => add(run, finish));
    },
    async end(finish) {
      const [run] = take();
      return showsStop ? endShown(run, tokens, finish, options) : endHidden(run, tokens, finish, options);
    },
    rest(goesOn) {
      const [run] = take();
      if (run === undefined) return [];
      const whole = stop.filter((one) => one !== "" && run.text.endsWith(one)).map(({ length }) => length);
      const held = Math.max(stopPrefixLength(run.text, stop), ...whole);
      if (!goesOn || held === 0) return [run];
      return held < run.text.length ? [{ text: run.text.slice(0, -held) }] : [];
    },
  };
}
