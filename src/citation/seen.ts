/**
 * What no reader of an answer sees, and a terminal may act on: control characters but `\n` and `\t`, invisible
 * operators, soft hyphens, turned directions, tag characters. Joiners, direction marks and variation selectors stay one
 * by one: emoji, Persian, Indic and mixed scripts are spelled with them; a run of them only carries hidden bytes.
 */
const UNSEEN =
  /(?![\n\t])\p{Cc}|[\u00AD\u061C\u180E\u200B\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF0-\uFFFB\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E00FF}\u{E01F0}-\u{E0FFF}]/gu;

const RUN =
  /([\u200C-\u200F])[\u200C-\u200F]+|([\uFE00-\uFE0F\u{E0100}-\u{E01EF}])[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]+/gu;

/** The text as a reader sees it. Half a character at its end stays: the other half may follow. */
export function seenText(text: string): string {
  return text.replaceAll(UNSEEN, "").replaceAll(RUN, "$1$2");
}
