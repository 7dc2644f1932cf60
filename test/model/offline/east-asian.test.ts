import { expect, test } from "vitest";
import { conclude } from "../../../src/model/offline/conclusion.ts";
import { readSources } from "../../../src/model/offline/sources.ts";
import { readQuestion } from "../../../src/model/offline/question.ts";
import { slipsBetween } from "../../../src/text/spelling.ts";

const JAPANESE = `# 学生寮のしおり

- 一部屋の定員は三名です。
- 門限:午後十時
- 洗濯機は各階に二台あります。
- 家賃:月額三万二千円
- 貸し出しは一度に八冊、期間は三週間です。
- 返すときは入口の箱に入れてください。

食堂は朝七時から夜九時まで開いています。申込は一人三食までできます。

| 設備 | 数 | 場所 |
| --- | --- | --- |
| 自転車 | 12台 | 裏庭 |
| 会議室 | 2室 | 三階 |`;
const CHINESE = `# 宿舍手册

- 门禁:晚上十一点
- 一次最多借六本书
- 打印每张两角
- 无线网密码:青苹果88

| 设施 | 数量 | 地点 |
| --- | --- | --- |
| 电脑 | 15台 | 二楼 |

门禁由王建国负责。会议室可容纳二十人。退货须在收到商品后七天内办理。`;
const TRADITIONAL = `# 宿舍手冊

- 門禁:晚上十一點
- 無線網路密碼:青蘋果88
- 一次最多借六本書
- 影印每張兩元

管理員是林志明。會議室可容納二十人。退貨須在七天內辦理。`;
const KOREAN = `# 기숙사 안내

- 책은 한 번에 다섯 권까지 빌릴 수 있습니다.
- 통금 시간: 밤 열한 시
- 세탁기는 층마다 두 대 있습니다.

식당은 아침 일곱 시부터 밤 아홉 시까지 엽니다.`;

test.each([
  [JAPANESE, "部屋の定員は何名ですか?", "一部屋の定員は三名です [1]。"],
  [JAPANESE, "門限は何時ですか?", "門限:午後十時 [1]"],
  [JAPANESE, "洗濯機は何台ありますか?", "洗濯機は各階に二台あります [1]。"],
  [JAPANESE, "家賃はいくらですか?", "家賃:月額三万二千円 [1]"],
  [JAPANESE, "本は一度に何冊借りられますか?", "貸し出しは一度に八冊、期間は三週間です [1]。"],
  [JAPANESE, "食堂は何時から開いていますか?", "食堂は朝七時から夜九時まで開いています [1]。"],
  [JAPANESE, "申込は何食までできますか?", "申込は一人三食までできます [1]。"],
  [JAPANESE, "自転車は何台ありますか?", "設備: 自転車; 数: 12台; 場所: 裏庭 [1]"],
  // a meeting room is no room of the dormitory
  [JAPANESE, "会議室はいくつありますか?", "設備: 会議室; 数: 2室; 場所: 三階 [1]"],
  [CHINESE, "会议室能坐多少人？", "会议室可容纳二十人 [1]。"],
  [CHINESE, "一次能借几本书？", "一次最多借六本书 [1]"],
  [CHINESE, "打印一张多少钱？", "打印每张两角 [1]"],
  [CHINESE, "WiFi密码是多少？", "无线网密码:青苹果88 [1]"],
  [CHINESE, "电脑有几台？", "设施: 电脑; 数量: 15台; 地点: 二楼 [1]"],
  [CHINESE, "门禁是几点？", "门禁:晚上十一点 [1]"],
  [CHINESE, "什么时候可以退货？", "退货须在收到商品后七天内办理 [1]。"],
  [TRADITIONAL, "管理員是誰？", "管理員是林志明 [1]。"],
  [TRADITIONAL, "門禁是幾點？", "門禁:晚上十一點 [1]"],
  [TRADITIONAL, "WiFi密碼是多少？", "無線網路密碼:青蘋果88 [1]"],
  [TRADITIONAL, "一次能借幾本書？", "一次最多借六本書 [1]"],
  [TRADITIONAL, "影印一張多少錢？", "影印每張兩元 [1]"],
  [TRADITIONAL, "會議室可以坐多少人？", "會議室可容納二十人 [1]。"],
  [TRADITIONAL, "什麼時候可以退貨？", "退貨須在七天內辦理 [1]。"],
  [KOREAN, "책은 몇 권까지 빌릴 수 있나요?", "책은 한 번에 다섯 권까지 빌릴 수 있습니다 [1]."],
  [KOREAN, "통금은 몇 시입니까?", "통금 시간: 밤 열한 시 [1]"],
  [KOREAN, "세탁기는 몇 대 있나요?", "세탁기는 층마다 두 대 있습니다 [1]."],
  [KOREAN, "식당은 몇 시에 엽니까?", "식당은 아침 일곱 시부터 밤 아홉 시까지 엽니다 [1]."],
])("%#", (text, question, answer) => {
  const { kind, text: said } = conclude(
    readQuestion(question),
    readSources([{ number: 1, title: "a", text }]),
  );
  expect({ kind, said }).toEqual({ kind: "answer", said: answer });
});

test.each([
  ["自転車は何台ありますか?", ["自転車"]],
  ["本は何週間借りられますか?", ["本", "借"]],
  ["返却場所はどこですか?", ["返却", "場所"]],
  ["图书馆有几台电脑？", ["图书馆", "电脑"]],
  ["能借多少本杂志？", ["借", "杂志"]],
  ["주차장은 몇 대까지입니까?", ["주차장"]],
])("%s is about %j, not about the word that counts", (question, terms) => {
  expect(readQuestion(question).terms.map(({ text }) => text)).toEqual(terms);
});

test("a Korean verb that asks is no slip of the one that tells", () => {
  expect(slipsBetween("시작합니까", "시작합니다")).toBeUndefined();
});
