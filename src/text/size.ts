const UNITS = [
  [1_000_000_000, "GB"],
  [1_000_000, "MB"],
  [1_000, "kB"],
] as const;

/** `812 B`, `1.2 kB`, `3.4 MB`, `2.5 GB`. */
export function size(bytes: number): string {
  const unit = UNITS.find(([length]) => bytes >= length);
  return unit === undefined ? `${bytes} B` : `${(bytes / unit[0]).toFixed(1)} ${unit[1]}`;
}
