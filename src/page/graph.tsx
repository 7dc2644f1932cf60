/** @jsxRuntime automatic @jsxImportSource preact */
import { NODE_WORDS } from "./words.ts";
import { NODES, type NodeName } from "./run.ts";

const PLACES: Readonly<Record<NodeName, { readonly x: number; readonly y: number }>> = {
  generate: { x: 0, y: 0 },
  "parse-tool-call": { x: 196, y: 0 },
  "web-search": { x: 196, y: 92 },
  finalize: { x: 0, y: 92 },
};

const [WIDTH, HEIGHT] = [144, 48];

export interface GraphProps {
  /** The node at work is lit. */
  readonly active?: NodeName | undefined;
  /** How often each node was entered, where that is known. */
  readonly visits?: Readonly<Partial<Record<NodeName, number>>> | undefined;
}

/** The four nodes and the edges between them. */
export function Graph({ active, visits }: GraphProps) {
  const words = active === undefined ? "" : `; ${active} is at work`;
  return (
    <svg
      class="graph"
      viewBox="-4 -4 348 148"
      role="img"
      aria-label={`The graph: ${NODES.join(", ")}${words}`}
    >
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 0.5 L7.5 4 L0 7.5 z" />
        </marker>
      </defs>
      <path class="edge" marker-end="url(#arrow)" d="M144 17 H192" />
      <path class="edge faint" marker-end="url(#arrow)" d="M196 33 H148" />
      <path class="edge" marker-end="url(#arrow)" d="M268 48 V88" />
      <path class="edge" marker-end="url(#arrow)" d="M196 108 C160 108 158 72 130 52" />
      <path class="edge" marker-end="url(#arrow)" d="M60 48 V88" />
      {NODES.map((node) => {
        const { x, y } = PLACES[node];
        const count = visits?.[node];
        return (
          <g key={node} class={`node${node === active ? " active" : ""}${count === 0 ? " unused" : ""}`}>
            <rect x={x} y={y} width={WIDTH} height={HEIGHT} rx="6" />
            <text x={x + 12} y={y + 21}>
              {node}
            </text>
            <text class="about" x={x + 12} y={y + 37}>
              {NODE_WORDS[node]}
            </text>
            {count !== undefined && count > 1 && (
              <text class="visits" x={x + WIDTH - 10} y={y + 21}>
                ×{count}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
