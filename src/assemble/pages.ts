import type { PageReader } from "../search/pages/page-reader.ts";
import type { Settings } from "../settings/settings.ts";

/**
 * Who opens pages, where the settings let the model open any: nobody else can switch that on for a run. What it needs is
 * loaded with the first page.
 */
export function pageReaderFor({ limits: { maxPages } }: Pick<Settings, "limits">): PageReader | undefined {
  if (maxPages <= 0) return undefined;
  let reader: Promise<PageReader> | undefined;
  return {
    name: "web",
    async read(url, options) {
      reader ??= import("../search/pages/web.ts").then((web) => web.createWebPageReader());
      return (await reader).read(url, options);
    },
  };
}
