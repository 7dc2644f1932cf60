/** The words that connect, refer or ask, in lower case: they say nothing about what a text is about. */
export const FUNCTION_WORDS = {
  en: words(`
    a about above after against all also although am an and another any anybody anyone anything are aren't as
    at be because become been before being between both but by can can't cannot could couldn't did didn't do
    does doesn't doing don't done down during each either else ever every everything for from had hadn't has
    hasn't have haven't having he her here hers him himself his how however i if in into is isn't it its itself
    just many may me might mine more most much must my myself neither no nor not of off on once only onto
    or other our ours out over own per please quite rather shall she should shouldn't since so some somebody
    someone something such tell than that the their theirs them then there these they this those
    though through to too toward under until up upon us very via was wasn't we were weren't what whatever when
    where whether which while who whoever whom whose why will with within without won't would wouldn't yet you
    your yours
  `),
  de: words(`
    der die das den dem des unter gegen seit bis beim vom ins am im dieser diese dieses diesen diesem man wird wurden werde hatte hatten unser unsere unserem unseren euer ihre ihren ein eine einen einem einer und oder ist sind war waren wird werden wurde was wer
    wie wo wann warum welche welcher welches von vom zu zum zur mit ohne für auf aus bei über nach ich du er
    sie es wir ihr hat haben kann mehr sich nicht auch im
    sein können müssen dürfen sollen worden gewesen wohin woher weshalb wieso womit wodurch wovon wozu worauf woran worin
  `),
  fr: words(`
    le la les un une des du de et ou est a ont était étaient en aux notre nos votre vos leur leurs y sont était qui que qu quoi quel quelle quels quelles quand comment où
    pourquoi combien ce cet cette ces dans sur pour par avec sans au aux il elle ils elles je tu nous vous se
    sa son ses plus moi lequel laquelle lesquels lesquelles être avoir
  `),
  es: words(`
    el los las unos unas un una la de y o es son fueron está están nuestro nuestra nuestros nuestras a fue era quién quien qué cuál cual cuáles cuándo cómo dónde cuánto cuántos
    por para con sin en del al lo su sus se me más como hay sobre adónde cuánta cuántas
  `),
  it: words(`
    il lo gli i di da che chi cosa è sono quando dove perché come quale quali su con per una uno del della dei
    delle nel più o e
  `),
  pt: words(`
    um uma os as do da dos das em no na foi são quem qual quais onde porquê sobre com sem mais
  `),
  zh: words(`
    的 了 吗 呢 吧 啊 是 是什么 什么 什麼 谁 誰 哪 哪个 哪些 哪里 哪裡 何时 什么时候 怎么 怎麼 怎样 如何 为什么 為什麼 多少 几 和 与 或 在 有 请问 我 你 他 她 它 这 那 个 被 由
    对 从 到
  `),
  ja: words(`
    は が を に で と の も へ か や だ です ます した する とは 何 誰 いつ どこ なぜ どう どの どれ
  `),
} as const satisfies Readonly<Record<string, ReadonlySet<string>>>;

/** Those of all languages. */
export const ALL_FUNCTION_WORDS: ReadonlySet<string> = new Set(
  Object.values(FUNCTION_WORDS).flatMap((some) => [...some]),
);

/** The words of a list with white space between them. */
export function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/u).filter((word) => word !== ""));
}
