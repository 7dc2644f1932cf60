export interface TagPair {
  readonly open: string;
  readonly close: string;
}

/** The tags of a protocol, and what its calls look like. */
export interface TagGrammar {
  readonly think: TagPair;
  readonly call: TagPair;
  readonly response: TagPair;
  /** `null`: what stands outside the reasoning is the answer. */
  readonly answer: TagPair | null;
  /** Control tokens that end the turn, should the endpoint print them. */
  readonly turnEnds: readonly string[];
  /**
   * Whether text after an opening call tag begins a call (or else the tag was only named in a sentence); `undefined`
   * while it is too short to tell. Where only the closing tag can tell, it is always `undefined`.
   */
  beginsCall(body: string): boolean | undefined;
  /** Whether a call without its closing tag has all the rest. */
  isWholeCall(body: string): boolean;
}

/** Every tag of a grammar. */
export function tagsOf({ think, call, response, answer, turnEnds }: TagGrammar): readonly string[] {
  const pairs = [think, call, response, ...(answer === null ? [] : [answer])];
  return [...pairs.flatMap(({ open, close }) => [open, close]), ...turnEnds];
}
