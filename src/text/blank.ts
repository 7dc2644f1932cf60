/** What is seen: neither white space nor a control, format or filler character, nor half of a character. */
const SEEN = /[^\s\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Whether a reader sees nothing in a text. */
export function isBlank(text: string): boolean {
  return !SEEN.test(text);
}
