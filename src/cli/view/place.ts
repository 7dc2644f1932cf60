import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Where a source can be opened, as a person would write it: a web address as it is, a file by its path, from the working
 * folder where it lies below, with the page or the heading: `docs/handbook.pdf, p. 137`, `docs/guide.md, section "Install"`.
 */
export function placeOf(url: string, folder: string): string {
  if (!url.startsWith("file:")) return url;
  try {
    const path = fileURLToPath(url);
    if (/\p{Cc}/u.test(path)) return url;
    const below = relative(folder, path);
    const { hash } = new URL(url);
    const page = /^#page=(\d+)$/u.exec(hash)?.[1];
    const heading = /^#:~:text=(.+)$/u.exec(hash)?.[1];
    const shown = below === "" || below === ".." || below.startsWith(`..${sep}`) ? path : below;
    if (page !== undefined) return `${shown}, p. ${page}`;
    return heading === undefined ? shown : `${shown}, section "${decodeURIComponent(heading)}"`;
  } catch {
    // such as a file on another computer: there is no path of it here
    return url;
  }
}
