/** What was looked at, how it is, and what to do about it. */
export interface Check {
  /** Short, such as `model`. */
  readonly name: string;
  readonly status: "ok" | "warning" | "failed";
  readonly message: string;
}
