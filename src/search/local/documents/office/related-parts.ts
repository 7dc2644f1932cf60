import { posix } from "node:path";
import { attributesOf } from "./xml.ts";
import type { Zip } from "./zip.ts";

/** A part that an element of another part points to. */
export interface RelatedPart {
  readonly part: string;
  /** Of the element. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The parts that the elements `element` of a part point to by their relationship, in their order; without missing ones. */
export async function relatedParts(zip: Zip, part: string, element: string): Promise<RelatedPart[]> {
  const folder = posix.dirname(part);
  const relations = await zip.read(`${folder}/_rels/${posix.basename(part)}.rels`);
  const targets = new Map(
    attributesOf(relations, "Relationship").map(({ Id = "", Target = "" }) => [
      Id,
      Target.startsWith("/") ? Target.slice(1) : posix.join(folder, Target),
    ]),
  );
  const found = attributesOf(await zip.read(part), element);
  return found
    .map((attributes) => ({
      attributes,
      part: targets.get(attributes["r:id"] ?? attributes["id"] ?? "") ?? "",
    }))
    .filter((related) => zip.names.includes(related.part));
}
