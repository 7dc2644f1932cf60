/** What two queries have in common that ask the same: the set of their words, whatever case, order and signs. */
export function queryKey(query: string): string {
  const words = query
    .normalize("NFKC")
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+(?:[-.+#]+[\p{L}\p{M}\p{N}]+|[+#]+)*/gu);
  return words === null ? query.trim() : [...new Set(words)].sort().join(" ");
}
