/** Letters of traditional Chinese, each before its simplified one: of words that ask, count, and are known by meaning. */
const PAIRS =
  "誰谁麼么幾几時时為为裡里裏里錢钱點点區区別别這这個个們们嗎吗請请問问訴诉關关說说釋释總总結结紹绍簡简稱称縮缩寫写價价費费遠远長长間间兒儿樣样歲岁應应該该還还從从對对開开發发創创業业購购買买賣卖銷销領领導导選选擇择簽签飛飞機机製制產产閱阅預预約约門门閉闭營营許许證证參参數数語语言言碼码線线無无網网電电話话郵邮會会議议議议員员責责負负經经訓训練练據据庫库續续備备份份裝装啟启動动貨货單单訂订題题驟骤層层溫温氣气務务費费聯联繫系質质採采實实現现運运轉转輛辆條条書书館馆學学師师課课醫医藥药處处辦办後后內内樓楼廳厅場场納纳";
const SIMPLIFIED = new Map<string, string>();
const letters = Array.from(PAIRS);
for (let at = 0; at + 1 < letters.length; at += 2) SIMPLIFIED.set(letters[at] ?? "", letters[at + 1] ?? "");

/** A text with the simplified letters of the common words that a question in Chinese is read by. */
export function simplified(text: string): string {
  return text.replaceAll(/\p{sc=Han}/gu, (letter) => SIMPLIFIED.get(letter) ?? letter);
}
