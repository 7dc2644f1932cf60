import type { ListNamespacesOperation, MatchCondition } from "@langchain/langgraph";

const OPERATORS: Readonly<Record<string, (found: unknown, wanted: unknown) => boolean>> = {
  $eq: (found, wanted) => found === wanted,
  $ne: (found, wanted) => found !== wanted,
  $gt: (found, wanted) => Number(found) > Number(wanted),
  $gte: (found, wanted) => Number(found) >= Number(wanted),
  $lt: (found, wanted) => Number(found) < Number(wanted),
  $lte: (found, wanted) => Number(found) <= Number(wanted),
  $in: (found, wanted) => Array.isArray(wanted) && wanted.includes(found),
  $nin: (found, wanted) => !Array.isArray(wanted) || !wanted.includes(found),
};

/** Whether a value has what a filter asks for, as LangGraph's `InMemoryStore` understands filters. */
export function passes(
  value: Readonly<Record<string, unknown>>,
  filter: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(filter).every(([field, wanted]) => {
    const found = Object.hasOwn(value, field) ? value[field] : undefined;
    return isOperators(wanted)
      ? Object.entries(wanted).every(([name, operand]) => OPERATORS[name]?.(found, operand))
      : found === wanted;
  });
}

function isOperators(wanted: unknown): wanted is Record<string, unknown> {
  return (
    typeof wanted === "object" &&
    wanted !== null &&
    Object.keys(wanted).every((name) => Object.hasOwn(OPERATORS, name))
  );
}

/** The namespaces that an operation asks for, cut to its depth, in order of their labels. */
export function matching(
  namespaces: readonly string[][],
  { matchConditions = [], maxDepth, limit, offset }: ListNamespacesOperation,
): string[][] {
  const cut = new Map<string, string[]>();
  for (const namespace of namespaces) {
    if (!matchConditions.every((condition) => matches(namespace, condition))) continue;
    const labels = namespace.slice(0, maxDepth);
    cut.set(JSON.stringify(labels), labels);
  }
  return [...cut.values()].sort(byLabels).slice(offset, offset + limit);
}

function matches(namespace: readonly string[], { matchType, path }: MatchCondition): boolean {
  const start = matchType === "prefix" ? 0 : namespace.length - path.length;
  return (
    path.length <= namespace.length &&
    path.every((label, at) => label === "*" || label === namespace[start + at])
  );
}

function byLabels(left: readonly string[], right: readonly string[]): number {
  for (const [at, label] of left.entries()) {
    const other = right[at];
    if (other === undefined) return 1;
    if (label !== other) return label < other ? -1 : 1;
  }
  return left.length - right.length;
}
