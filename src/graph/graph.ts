import {
  END,
  START,
  StateGraph,
  type BaseChannel,
  type BaseCheckpointSaver,
  type BaseStore,
} from "@langchain/langgraph";
import { randomBoundary } from "./boundary.ts";
import { createContextSchema, RUN_DEFAULTS, type RunContext } from "./context.ts";
import { inWords } from "./nodes/given-settings.ts";
import { createFinalize } from "./nodes/finalize.ts";
import { createReadAhead } from "./nodes/read-ahead.ts";
import { createSearcher } from "./nodes/searcher.ts";
import { createGenerate } from "./nodes/generate.ts";
import { onlyChanges } from "./nodes/only-changes.ts";
import { createParseToolCall } from "./nodes/parse-tool-call.ts";
import { choicesOf, createChooser, type AgenticRagParts } from "./parts.ts";
import { Edge, routeCall, routeGenerated } from "./route.ts";
import { required, Input, Output, State, type RunState } from "./state.ts";
import { createStepReader } from "./step.ts";
import { studio } from "./studio.ts";
import { createWebSearch } from "./nodes/web-search.ts";

export interface CompileOptions {
  /** Keeps threads. Leave it out for a served graph, where the server brings its own, and for a subgraph. */
  readonly checkpointer?: BaseCheckpointSaver;
  /** Keeps what searches found, so that no answered search is sent again when a run is resumed. A server brings its own. */
  readonly store?: BaseStore;
  /** Default `agentic-rag`. */
  readonly name?: string;
}

/** Far above what any budget allows: budgets end a run, this only stops a defect. */
const RECURSION_LIMIT = 1000;

/** LangGraph 1.7.3 types every key of a context as required, optional or not. This is what a caller may leave out. */
type OptionalContext = { [Key in keyof RunContext]?: BaseChannel<NonNullable<RunContext[Key]>> };

/** The agent as a compiled graph. See the README for its drawing. */
export function createAgenticRag(parts: AgenticRagParts, options: CompileOptions = {}) {
  const limits = { ...RUN_DEFAULTS, ...parts.limits };
  const choose = createChooser(parts);
  const protocolOf = ({ opening }: RunState) =>
    choose({ protocol: required(opening, "an opened question").protocol }).protocol;
  const { pageReader, ceilings = {}, searchAhead = false } = parts;
  const { now = () => new Date(), clock = () => performance.now(), boundary = randomBoundary } = parts;
  const readStep = createStepReader({ choose, limits, ceilings });
  const searcher = createSearcher({ clock, ahead: searchAhead });
  const readAhead = createReadAhead();
  const schema = inWords(createContextSchema(choicesOf(parts), limits));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only its type is narrowed, see OptionalContext
  const context = schema as unknown as OptionalContext;
  const { name = "agentic-rag" } = options;
  return new StateGraph(studio(State), { input: studio(Input), output: studio(Output), context })
    .addNode(
      "generate",
      onlyChanges(
        createGenerate({
          readStep,
          choose,
          limits,
          ceilings,
          now,
          clock,
          boundary,
          pageReader,
          searcher,
          readAhead,
        }),
      ),
    )
    .addNode("parse-tool-call", onlyChanges(createParseToolCall(readStep, searcher)))
    .addNode("web-search", onlyChanges(createWebSearch({ readStep, pageReader, clock, searcher })))
    .addNode("finalize", createFinalize({ protocolOf, searcher, readAhead, name }))
    .addEdge(START, "generate")
    .addConditionalEdges("generate", new Edge((state) => routeGenerated(protocolOf(state), state)), {
      "tool call": "parse-tool-call",
      "no tool call": "finalize",
    })
    .addConditionalEdges("parse-tool-call", new Edge(routeCall), {
      search: "web-search",
      repair: "generate",
      "budget spent": "generate",
    })
    .addEdge("web-search", "generate")
    .addEdge("finalize", END)
    .compile({
      name,
      ...(options.checkpointer !== undefined && { checkpointer: options.checkpointer }),
      ...(options.store !== undefined && { store: options.store }),
    })
    .withConfig({ recursionLimit: RECURSION_LIMIT });
}

export type AgenticRag = ReturnType<typeof createAgenticRag>;
