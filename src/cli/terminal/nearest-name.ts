/** The name that was probably meant, if one is near enough. `most`: how many slips count as near; default: a third of it, and at least two. */
export function nearestName<Name extends string>(
  given: string,
  names: readonly Name[],
  most: (name: Name) => number = () => Math.max(2, given.length / 3),
): Name | undefined {
  const [best] = names
    .map((name) => ({ name, distance: editDistance(given, name) }))
    .filter(({ name, distance }) => distance <= most(name))
    .sort((left, right) => left.distance - right.distance);
  return best?.name;
}

/** How many characters must be put in, taken out, replaced or swapped with the next to make one text the other. */
function editDistance(left: string, right: string): number {
  const [from, to] = [Array.from(left), Array.from(right)];
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  for (const [row, character] of from.entries()) {
    const current = [row + 1];
    rows.push(current);
    for (const [column, other] of to.entries()) {
      const isSwapped = row > 0 && column > 0 && character === to[column - 1] && from[row - 1] === other;
      current.push(
        Math.min(
          at(row, column + 1) + 1,
          at(row + 1, column) + 1,
          at(row, column) + (character === other ? 0 : 1),
          isSwapped ? at(row - 1, column - 1) + 1 : Infinity,
        ),
      );
    }
  }
  return at(from.length, to.length);
}
