import { ALL_FUNCTION_WORDS, words } from "../../text/function-words.ts";

/** Words that say nothing about what a question is about: function words, and words that ask for an answer. */
export const STOP_WORDS: ReadonlySet<string> = new Set([
  ...ALL_FUNCTION_WORDS,
  ...words(`
  according actually again ask asked became behind current currently few further get gets getting give given
  gives go goes going got hello hey hi info information know known kindly last lately latest least less let
  like list long lot need needed new newly now often old one recent recently same say says see show simply
  sometimes still thank thanks thing things today together used want well yes answer brief briefly describe detail detailed
  details explain explanation fact facts example examples following overview question short summarise summarize
  summary sentence sentences word words s t d ll m re ve don doesn didn isn aren wasn weren bitte mir gib
  erkläre erzähle donne explique parle dame dimmi 时候 请 给 给我 告诉 告诉我 介绍 一下 关于 更多 信息 说明 解释 について 教え て ください
  `),
]);

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
