import type { Protocol, ProtocolReader } from "../../protocol/protocol.ts";

/**
 * Told the queries of a call as soon as each is whole, while the model still writes: all so far, each time that there is
 * another one, and about how many tokens it has written by then.
 */
export type QueryListener = (queries: readonly string[], writtenTokens: number) => void;

export interface QueryWatch {
  /** To be called when the reader was fed a chunk. `begun`: queries of calls that come as text at the end of the reply. */
  read(chunk: string, begun?: readonly string[]): void;
  /** To be called with the queries of the call when it is whole. */
  end(queries: readonly string[]): void;
}

/** What a value of a call can end behind. */
const SIGN = /[,\]})>]/;

/** So often a call is looked at: one that never ends costs no more. */
const MAX_LOOKS = 64;

/** Few tokens have fewer UTF-8 bytes. */
const BYTES_PER_TOKEN = 3;

export function createQueryWatch({
  protocol: { begunQueries },
  reader,
  onQueries,
}: {
  readonly protocol: Protocol;
  readonly reader: ProtocolReader;
  readonly onQueries: QueryListener | undefined;
}): QueryWatch {
  let looks = 0;
  let told = 0;
  let bytes = 0;

  function tell(queries: readonly string[]): void {
    if (queries.length <= told) return;
    told = queries.length;
    onQueries?.(queries, Math.ceil(bytes / BYTES_PER_TOKEN));
  }

  return {
    read(chunk, begun = []) {
      if (onQueries === undefined) return;
      tell(begun);
      bytes += Buffer.byteLength(chunk);
      if (begunQueries === undefined || !SIGN.test(chunk)) return;
      const { openCall } = reader;
      if (openCall === null || looks >= MAX_LOOKS) return;
      looks += 1;
      tell(begunQueries(openCall));
    },
    end: tell,
  };
}
