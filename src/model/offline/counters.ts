/** Words that count things in Chinese, Japanese and Korean, such as `台` of `何台`: they say how, not what is counted. */
const CHINESE =
  "(?:小时|小時|分钟|分鐘|公里|千米|公斤|[个個只隻本台臺辆輛张張间間把条條件层層楼支枝杯瓶份项項种種位名人天周週年次秒度米克吨岁歲元块塊页頁章节節步级級届屆班组組排箱包袋盒碗盘盤家座栋棟套双雙对對句段首部篇封])";
const JAPANESE =
  "(?:キロ|メートル|センチ|グラム|リットル|パーセント|時間|分間|日間|週間|年間|[ヶかカケヵ]月|[人名個箇台枚冊本匹頭羽杯回度階室軒件食皿通着足組点泊歳才円割両隻席班曲話巻部脚基戸棟社校束粒切袋箱瓶缶種類段列株番層語])";
const KOREAN =
  "(?:시간|분|개월|개|명|분|권|대|장|마리|잔|병|층|번|회|살|세|주|킬로|미터|퍼센트|원|가지|쪽|채|송이|벌|켤레|그루|석)";

export const COUNT_ASKED = String.raw`[几幾]${CHINESE}|何${JAPANESE}|몇\s?${KOREAN}`;
/** Figures as letters. */
export const CJK_FIGURE = "[\\d０-９〇零一二两兩三四五六七八九十百千万萬半]";
const KOREAN_FIGURE =
  "(?:\\d|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|스무|서른|[일이삼사오육칠팔구십백천])\\s?";

const ASKED = new RegExp(
  `(几|幾|多少)${CHINESE}|(何)${JAPANESE}|(몇\\s?)${KOREAN}(?:까지|이나|이|가|은|는|을|를|에|으로|로|의|씩|도)?(?:입니까|인가요|이에요|예요)?(?!\\p{sc=Hangul})`,
  "gu",
);
const COUNTED = new RegExp(`^(?:每|一|${CJK_FIGURE})+(?:${CHINESE}|${JAPANESE})$`, "u");

/** A question that asks how many, without the words that count. */
export function withoutCounters(question: string): string {
  return question.replaceAll(ASKED, "$1$2$3 ");
}

/** `一张`, `一週間`: one of something, or so many. */
export function isCounted(word: string): boolean {
  return COUNTED.test(word);
}

/** So many of what is counted with one of these words. */
export function counted(cjk: string, korean: string): string {
  return `${CJK_FIGURE}\\s*(?:${cjk})|${KOREAN_FIGURE}(?:${korean})`;
}
