/**
 * Two signs that mean more together: the end of a link's text and its target, an image, a definition, a tag, code, and
 * what a reader of Markdown writes out as a sign of an address.
 */
const PAIR = /(?:\][(:]|!\[|<[a-z/!?]|[`\\]`|\\[/:]|&#|(?:\/\/|@)[[\\])$/i;
/** The same within a text, and references to characters that are signs of an address. */
const PAIRS_IN_TEXT =
  /\](?=[(:])|!(?=\[)|\\(?=[/:])|(?:\/\/|@)(?=[[\\])|&(?=#|(?:period|commat|colon|sol|bsol|lowbar|hyphen|dash|num|quest|excl|lsqb|lbrack|rsqb|rbrack|lpar|rpar|grave|shy|zwn?j|[lr]rm|NoBreak|ZeroWidthSpace|Negative\w{1,30}Space);)/g;
/**
 * What an address, a tag or a block could be put together from by taking out what stands between, and a backslash that
 * would take the wrong sign for itself.
 */
const JOINED =
  /^(?:(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}])\p{L}|[:/]){2}|[.@][\p{L}\p{N}_]|[\p{L}\p{N}_][.@][\p{L}\p{N}_]|~~|\\.)/iu;

/** Text in which no two signs mean more together than each of them. */
export function apart(text: string): string {
  return text.replaceAll(PAIRS_IN_TEXT, "$& ");
}

/**
 * The text as it may stand behind `before`, of which the last two characters count: with a space in front where the two
 * would mean more together. `removed`: something was taken out between them.
 */
export function behind(before: string, text: string, removed: boolean): string {
  const isPair = PAIR.test(before.slice(-2) + text.charAt(0));
  return isPair || (removed && isJoined(before, text)) ? ` ${text}` : text;
}

function isJoined(before: string, text: string): boolean {
  const last = /.$/su.exec(before)?.[0] ?? "";
  return last !== "" && (JOINED.test(last + text.slice(0, 3)) || /ww\.$/i.test(before + text.charAt(0)));
}
