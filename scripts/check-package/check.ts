/** What checks work on. */
export interface Workshop {
  /** The working copy. */
  readonly root: string;
  /** A clone of its last commit, installed as the README says, without a build. */
  readonly clone: string;
  /** What `npm pack` made in the clone. */
  readonly tarball: string;
  /** An empty project of that name. */
  readonly project: (name: string) => string;
}

export interface Check {
  readonly name: string;
  /** Returns what was seen, in one line. Throws where the package does not do what it should, and Skipped where that cannot be tried. */
  readonly check: (workshop: Workshop) => string | Promise<string>;
}

/** What a check needs is not on this machine. */
export class Skipped extends Error {}
