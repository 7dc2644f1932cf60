import { words } from "../../text/function-words.ts";

/** Words that ask for an answer or are polite about it: they say nothing about what a question is about. */
export const ASKING_WORDS: ReadonlySet<string> = words(`
  lautet lauten heißen heisst temps called named set appelle llama
  according actually again ask asked currently get getting give given gives hello hey hi info information know known
  kindly let like long many much need now often please same say says see show simply still tell thank thanks thing things want
  wanted well yes answer brief briefly describe detail detailed details explain explanation following give overview
  question short summarise summarize summary sentence sentences word words stand stands acronym abbreviation s t d ll m re ve
  don doesn didn isn aren wasn weren difference differences different differ compare compared comparison versus vs find
  there that about list mean means meaning definition define each per does did
  bitte mir gib nenne erkläre erzähle erklär sag zeige liste unterschied unterschiede zwischen bedeutet heißt heisst steht wofür viel viele wieviel wieviele lange kann man darf muss soll wann wer wem wen wessen wo wie was welche welcher welches welchen welchem gibt fasse zusammen habe
  donne explique parle moi dis liste différence entre signifie combien est-ce qu'est-ce quel quelle quels quelles peut-on faut-il y-a-t-il veut dire doit faut peut
  dame dime dimmi lista explica diferencia entre significa cuánto cuántos cuánta cuántas cuáles cuándo dónde quién cómo qué puedo puede debo hay está están tiene va van
  时候 请 请问 给 给我 告诉 告诉我 介绍 一下 关于 更多 信息 说明 解释 总结 什么 多少 几 哪 是谁 是多少 是几 哪个 哪些 哪里 谁 怎么 如何 为什么 吗 呢 是什么 区别 全称 哪位 何时 哪年 于 在 一 哪一 位 有 能 可以 多久 多长 几点 几个 几天 代表 天 个 年 月 日 次
  について 教え て ください 何 誰 いつ どこ なぜ どう どの どれ です ます か とは 何時 何人 いくら いくつ どのくらい どうやって 違い ありますか ある あり あっ い いる 教えて 数 する し た れ られ もの こと 何日 何年 何 人 日 年 月 時 分 ん ですか ますか まし よう ありま いま でき できま もらえま ほしい
`);

/** Words that classify, or are found in any text: an answer may do without them. */
export const GENERIC_WORDS: ReadonlySet<string> = words(`
  appear base become call called come do done exist feature form function go happen have help hold idea involve kind made main make
  name need note one part perform play purpose put receive relate run set stage state take thing try turn use used user using
  advantage approach area article aspect benchmark benefit case category city company concept country date day field framework goal group
  institution library method model month number organisation organization paper people person place point
  problem product project property reason researcher software sort system team technique term time tool topic type university value variant way
  year current currently official officially recent recently new newly last latest actual actually exactly total overall usually usual
  first old big large small best important popular famous main several some any other another
  long short high tall deep wide far fast heavy often available lang hoch groß weit alt schwer oft lange grand haut alto grande largo verfügbar disponible beträgt
  llm llms ai api exist exists work works working day days week hour hours
  tag tage jahr jahre uhr name namen art modell firma datum zeit ort person leute teil stadt land
  jour jours année nom modèle date heure lieu personne entreprise ville fonctionne
  día días año años nombre modelo fecha hora lugar persona empresa ciudad país funciona
  模型 公司 方法 系统 名字 年 人 工作 时间 地方 我们 公司的 名称 项目
  モデル 会社 方法 名前 時間 場所 人 私たち プロジェクト
  모델 회사 방법 이름 시간 장소 사람 우리 프로젝트
`);
