import { AgenticRagError } from "../errors.ts";

/** A package that users install only if they need it. */
export interface OptionalPackage<Package> {
  readonly name: string;
  /** The major version that is known to work. */
  readonly version: string;
  /** Who needs it, as the beginning of a sentence. */
  readonly neededBy: string;
  /** Default: it is imported. */
  readonly load?: (() => Promise<Package>) | undefined;
}

/** @throws AgenticRagError `dependency-missing`, with how to install it. */
export async function loadPackage<Package>(options: OptionalPackage<Package>): Promise<Package> {
  const { name, version, neededBy, load } = options;
  try {
    // A bundler that saw the name would stop where the package is not installed. What is imported has the package's types.
    return await (load === undefined ? import(/* webpackIgnore: true */ /* @vite-ignore */ name) : load());
  } catch (cause) {
    throw new AgenticRagError(
      "dependency-missing",
      `${neededBy}, which could not be loaded (${reasonOf(cause)}). Run: npm install ${name}@${version}`,
      { cause },
    );
  }
}

/** The first line of an error's message. */
export function reasonOf(cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return reason.split("\n", 1)[0] ?? reason;
}
