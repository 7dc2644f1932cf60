import { DEFAULT_MAX_RESULT_BYTES, type FoundResult } from "../../outcome.ts";

/** Ranks below are nearly as good as one another. Cormack, Clarke and Büttcher 2009, doi:10.1145/1571941.1572114 */
const K = 60;

/**
 * Two lists as one by reciprocal rank: what stands high in one, or well in both, comes first. A document in both is shown
 * by the passages of the first list and, where these lack it, the best one of the second.
 */
export function fuse(byWords: readonly FoundResult[], byMeaning: readonly FoundResult[]): FoundResult[] {
  const fused = new Map<string, { result: FoundResult; score: number }>();
  for (const list of [byWords, byMeaning]) {
    for (const [at, result] of list.entries()) {
      const key = documentOf(result);
      const score = 1 / (K + at + 1);
      const held = fused.get(key);
      fused.set(
        key,
        held === undefined
          ? { result, score }
          : { result: joined(held.result, result), score: held.score + score },
      );
    }
  }
  return [...fused.values()].sort((a, b) => b.score - a.score).map(({ result }) => result);
}

/** The address: of a file without the place in it, which is that of a passage. */
function documentOf({ url, title }: FoundResult): string {
  const address = url?.replace(/^(file:[^#]*)#.*$/u, "$1") ?? "";
  return address === "" ? `title ${title ?? ""}` : address;
}

const GAP = " … ";

function joined(first: FoundResult, second: FoundResult): FoundResult {
  const text = first.text ?? "";
  const passages = (second.text ?? "").split(GAP).flatMap((stretch) => stretch.split("\n\n"));
  const lacking = passages.filter((passage) => !text.includes(passage)).join("\n\n");
  const whole = text + GAP + lacking;
  return lacking === "" || Buffer.byteLength(whole) > DEFAULT_MAX_RESULT_BYTES
    ? first
    : { ...first, text: whole };
}
