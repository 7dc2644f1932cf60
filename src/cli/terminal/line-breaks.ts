/**
 * Where a line may be broken besides white space, simplified from https://www.unicode.org/reports/tr14: on either side of
 * a character of a script that is written without spaces, but not in front of closing marks, nor behind opening ones.
 */
const IDEOGRAPHIC =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Yi}\p{sc=Bopomofo}\u3000-\u303F\uFF00-\uFFEF]/u;
const NEVER_FIRST =
  /\p{M}|\p{Pe}|\p{Pf}|\p{Emoji_Modifier}|\u200D|[、。，．,.:：;；!！?？‼⁇⁈⁉・…‥ーｰ々〻ゝゞヽヾぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ%％℃°"'”’]/u;
const NEVER_LAST = /\p{Ps}|\p{Pi}|\u200D|[$＄¥￥£￡#＃@＠"'“‘]/u;

/** Scripts whose words have no mark between them and may not be broken anywhere: the runtime knows their words. */
const WITHOUT_SPACES = /[\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

const words = new Intl.Segmenter("th", { granularity: "word" });

export function isIdeographic(character: string): boolean {
  return IDEOGRAPHIC.test(character);
}

/** Whether a line may end between two characters, neither of which is white space. */
export function mayBreakBetween(left: string, right: string): boolean {
  return (isIdeographic(left) || isIdeographic(right)) && !NEVER_FIRST.test(right) && !NEVER_LAST.test(left);
}

/** A run of characters without white space, in pieces between which a line may be broken. */
export function breakable(run: string): readonly string[] {
  if (!WITHOUT_SPACES.test(run)) return [run];
  const pieces: string[] = [];
  for (const { segment } of words.segment(run)) {
    const last = pieces.at(-1);
    if (last !== undefined && (NEVER_FIRST.test(segment.charAt(0)) || NEVER_LAST.test(last.slice(-1))))
      pieces[pieces.length - 1] = last + segment;
    else pieces.push(segment);
  }
  return pieces;
}
