/** `1 search`, `2 searches`, `1,024 tokens`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

/** `12 ms`, `0.8 s`, `12 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 100) return `${Math.round(milliseconds)} ms`;
  const value = milliseconds / 1000;
  return `${value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en-US")} s`;
}

const UNITS = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
] as const;

/** `3 days ago`, `just now`. */
export function ago(milliseconds: number): string {
  for (const [length, unit] of UNITS) {
    if (milliseconds >= length) return `${counted(Math.floor(milliseconds / length), unit)} ago`;
  }
  return "just now";
}
