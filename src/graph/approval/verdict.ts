/** What keeps a query or a page from being asked for, and what the model reads instead. */
export type Refusal =
  | { readonly decision: "hint"; readonly hint: string }
  | { readonly decision: "deny"; readonly reason?: string | undefined };

/** What a person decided about one query or page. */
export type Verdict = "approve" | { readonly instead: readonly string[] } | Refusal;

/** What is to be asked for, and why each of the others is not. */
export interface Decided {
  /** Each once. */
  readonly sent: readonly string[];
  readonly reasons: ReadonlyMap<string, string>;
}

/** @param replaced what the model reads where something else was put in its place */
export function decided(values: readonly string[], verdicts: readonly Verdict[], replaced: string): Decided {
  const sent = new Set<string>();
  const reasons = new Map<string, string>();
  for (const [at, value] of values.entries()) {
    const verdict = verdicts[at] ?? { decision: "deny" };
    if (verdict === "approve") sent.add(value);
    else if ("instead" in verdict) {
      for (const other of verdict.instead) sent.add(other);
      reasons.set(value, replaced);
    } else reasons.set(value, refusalText(verdict));
  }
  for (const value of sent) reasons.delete(value);
  return { sent: [...sent], reasons };
}

/** What the model reads about a search or a page that a person refused. */
function refusalText(refusal: Refusal): string {
  if (refusal.decision === "hint") return `It was not sent. The user says instead: ${sentence(refusal.hint)}`;
  return refusal.reason === undefined
    ? "It was not sent: the user did not allow it."
    : `It was not sent: the user did not allow it, and says: ${sentence(refusal.reason)}`;
}

function sentence(words: string): string {
  return /[.!?。！？]$/.test(words) ? words : `${words}.`;
}
