/**
 * Whether long tables are played whole, as `npm run walks` does. The suite plays a part of each, evenly spread, so that it ends
 * within minutes on two cores.
 */
const isWhole = process.env["AGENTIC_RAG_TABLES"] === "whole";

/** Every `nth` row of a table, the first with them; all of them where tables are played whole. */
export function sample<Row>(rows: readonly Row[], nth: number): readonly Row[] {
  return isWhole ? rows : rows.filter((_row, at) => at % nth === 0);
}
