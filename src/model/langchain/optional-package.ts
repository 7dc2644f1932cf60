import { AgenticRagError } from "../../errors.ts";

/**
 * A package that users install only if they need it.
 *
 * @throws `dependency-missing`, with how to install it.
 */
export async function loadPackage<Package>(options: {
  readonly name: string;
  /** The major version that is known to work. */
  readonly version: string;
  /** Who needs it, as the beginning of a sentence. */
  readonly neededBy: string;
  readonly load: () => Promise<Package>;
}): Promise<Package> {
  const { name, version, neededBy, load } = options;
  try {
    return await load();
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split("\n", 1)[0] ?? "") : String(cause);
    throw new AgenticRagError(
      "dependency-missing",
      `${neededBy}, which could not be loaded (${reason}). Run: npm install ${name}@${version}`,
      { cause },
    );
  }
}
