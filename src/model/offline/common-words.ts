/**
 * Words that say nothing about what a question is about: function words, question words, and words that ask for an
 * answer rather than name its subject. English first, then those of a few other languages.
 */
export const STOP_WORDS: ReadonlySet<string> = words(`
  a about above according actually after again all also although am an and another any anybody anyone anything are as
  ask asked at be became because become been before behind being between both but by can cannot could current currently did
  do does doing done down during each either else ever every everything few for from further get gets getting give
  given gives go goes going got had has have having he hello her here hers hey hi him his how however i if in info
  information into is it its itself just know known kindly last lately latest least less let like list long lot many may
  me might mine more most much must my myself need needed new newly no nor not now of off often old on once one only or
  other our ours out over own per please quite rather recent recently same say says see shall she should show simply
  since so some somebody someone something sometimes still such tell than thank thanks that the their theirs them then
  there these they thing things this those though through to today together too toward under until up upon us used
  very via want was we well were what whatever when where whether which while who whoever whom whose why will with
  within without would yes yet you your yours
  answer brief briefly describe detail detailed details explain explanation fact facts example examples following
  overview question short summarise summarize summary sentence sentences word words
  s t d ll m re ve don doesn didn isn aren wasn weren won't can't

  der die das den dem des ein eine einen einem einer und oder ist sind war waren wird werden wurde was wer wie wo wann
  warum welche welcher welches von vom zu zum zur mit ohne für auf aus bei über nach ich du er sie es wir ihr hat haben
  kann bitte mir gib erkläre erzähle mehr sich nicht auch im

  le la les un une des du de et ou est sont était qui que qu quoi quel quelle quels quelles quand comment où pourquoi
  combien ce cet cette ces dans sur pour par avec sans au aux il elle ils elles je tu nous vous se sa son ses plus
  donne moi explique parle

  el los las unos unas y o es son fue era quién quien qué cuál cual cuáles cuándo cómo dónde cuánto cuántos por para con
  sin en del al lo su sus se me dame sobre más como hay

  il lo gli i di da che chi cosa è sono quando dove perché come quale quali su con per una uno del della dei delle nel
  dimmi più o e um uma os as do da dos das em no na foi são quem qual quais onde porquê sobre com sem mais

  的 了 吗 呢 吧 啊 是 是什么 什么 谁 哪 哪个 哪些 哪里 何时 什么时候 时候 怎么 怎样 如何 为什么 多少 几 和 与 或 在 有
  请 请问 给 给我 我 你 他 它 告诉 告诉我 介绍 一下 关于 更多 信息 说明 解释 这 那 个 被 由 对 从 到
  は が を に で と の も へ か です ます した する とは 何 誰 いつ どこ なぜ どう どの どれ について 教え て ください
`);

/**
 * Words that relate or classify. They help to choose a sentence, but an answer may do without them: a text that says
 * who "published" a thing answers who "developed" it.
 */
export const GENERIC_WORDS: ReadonlySet<string> = words(`
  accept achieve allow announce appear apply argue author base based begin build built call called cause compare
  comparison come compose consist contain create creator define definition deliver describe design designed develop
  developer difference different differ discover do employ enable establish exist explain feature find form found
  founded founder function get give handle happen help hold idea implement improve include introduce invent inventor
  launch lead learn made maintain make maker mean meaning measure name need note obtain offer open-source originate
  perform play propose provide publish purpose put reach receive refer relate release report represent require
  researcher result role run say serve set show solve start state stand study suggest support take teach tell think
  turn use useful user work write written
  wrote began begun chose chosen came drew drawn gave held led ran taught thought took taken done went
  advantage approach area aspect benefit case category city company concept country date day difference field
  framework goal group institution kind lab laboratory language library limit limitation main member method model month
  number organisation organization paper part people person place point problem product project property
  reason software sort step system team technique term time tool topic type university value version way website year
  llm llms ai ml api
  big bigger best better good great high important large larger main popular small smaller famous
  模型 公司 方法 系统 名字 年 发布 开发 使用 工作
`);

/** Generic words that say the same for a search: each line is one meaning. */
export const SYNONYMS: readonly (readonly string[])[] = [
  [
    "develop",
    "create",
    "build",
    "built",
    "make",
    "made",
    "design",
    "invent",
    "write",
    "wrote",
    "written",
    "author",
  ],
  ["publish", "release", "launch", "announce", "introduce"],
  ["begin", "began", "begun", "start"],
  ["use", "used", "using", "employ"],
];

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter((word) => word !== ""));
}
