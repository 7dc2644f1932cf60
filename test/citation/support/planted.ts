/** What is wrong with a sentence; nothing, where it is `true`. */
export type Kind =
  | "true"
  | "number"
  | "date"
  | "unit"
  | "name"
  | "negated"
  | "comparison"
  | "exaggerated"
  | "swapped"
  | "quote"
  | "row"
  | "merged"
  | "absent";

/** Sources and sentences about them that were planted with what is wrong in them. */
export interface Planted {
  readonly language: string;
  readonly sources: readonly { readonly number: number; readonly title: string; readonly text: string }[];
  /** Kind, number of the cited source, sentence. */
  readonly sentences: readonly (readonly [Kind, number, string])[];
}
