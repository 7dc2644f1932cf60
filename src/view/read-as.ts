/** What was read in the place of which words: `Read "licnese" as "license".` */
export function readAs(respellings: readonly { readonly word: string; readonly as: string }[]): string {
  const said = respellings.map(({ word, as }) => `${JSON.stringify(word)} as ${JSON.stringify(as)}`);
  return `Read ${[...new Set(said)].join(", ")}.`;
}
