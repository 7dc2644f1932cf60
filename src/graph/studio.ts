/**
 * A state schema that LangGraph's server reads by way of zod. Without this it finds the schema's own JSON method and
 * then leaves the context schema out, so that Studio shows no form for the run's settings
 * (langgraph-api 1.5.1, `getRuntimeGraphSchema`).
 */
export function studio<Schema extends object>(schema: Schema): Schema {
  return new Proxy(schema, { has: (target, key) => key !== "getJsonSchema" && Reflect.has(target, key) });
}
