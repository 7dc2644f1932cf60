/** The version of this package, as in package.json: a bundle of somebody else's has no such file beside it. */
export const VERSION = "0.1.0";
