import { withEdges } from "../../text/letters.ts";

const ENGLISH =
  "(?:light|heav|cheap|old|young|new|larg|bigg|small|fast|quick|slow|high|low|long|short|strong|weak|tall|wid|deep|near|clos|earl|lat|hot|cold|warm|rich|poor|hard|eas|thick|thin|saf|smart|busi)";
const GERMAN =
  "(?:leicht|schwer|billig|teu|günstig|größ|groess|klein|schnell|langsam|ält|jüng|neu|höh|höch|niedrig|läng|kürz|stärk|schwäch|näch|näh|tief|breit|früh|spät|wenig)";
/** Words that say that something is more, or the most, of a kind. */
const DEGREE = withEdges(
  new RegExp(
    String.raw`\b${ENGLISH}(?:i?er|i?est)\b|\b(?:most|least|fewest|more|less|fewer|best|worst|better|worse|exceeds?)\b|\b${GERMAN}(?:er|ere[nrsm]?|e?ste[nrsm]?)\b|\b(?:meisten?|wenigsten|beste[nrsm]?|besser|mehr)\b|\b(?:le|la|les) (?:plus|moins|meilleure?s?)\b|\b(?:plus|moins) \p{L}+ que\b|\b(?:más|menos|mejor(?:es)?|peor(?:es)?)\b|最|更|一番|もっとも|より|가장|제일|더\s`,
    "iu",
  ),
);
/** `Which is the latest?` asks for one by itself, and `at least` compares nothing. */
const PLAIN =
  /\b(?:latest|later|newest|newer|earlier|earliest|at (?:least|most)|more information|no longer|más información|plus d['’]informations?|mehr informationen)\b/giu;

/** A question for the lightest, or the more expensive one: a text that does not compare cannot answer it. */
export function asksDegree(question: string): boolean {
  return DEGREE.test(question.replaceAll(PLAIN, " "));
}

export function saysDegree(text: string): boolean {
  return DEGREE.test(text);
}
