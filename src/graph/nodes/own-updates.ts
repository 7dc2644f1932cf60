import { StateSchema, type StateSchemaFields } from "@langchain/langgraph";

/** What nodes of the graph have put into their updates, until LangGraph has taken it over. */
const own = new WeakSet<object>();

/** The update of a node of the graph: `EditableState` takes its values as they are. */
export function asOwn<Update extends object>(update: Update): Update {
  for (const value of Object.values(update)) if (isObject(value)) own.add(value);
  return update;
}

/**
 * A state that is checked where it comes from outside, as an edit of a thread does. What a node of the graph made is of its
 * types already, and is not checked and copied again at each step.
 */
export class EditableState<Fields extends StateSchemaFields> extends StateSchema<Fields> {
  override validateInput<Data>(data: Data): Promise<Data> {
    const isOwn = isObject(data) && Object.values(data).every(taken);
    return isOwn ? Promise.resolve(data) : super.validateInput(data);
  }
}

/** True for a value of an own update, once: what is written again later may have been edited. */
function taken(value: unknown): boolean {
  return isObject(value) && own.delete(value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
