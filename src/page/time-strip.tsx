/** @jsxRuntime automatic @jsxImportSource preact */
import { duration } from "../view/amounts.ts";
import type { PageStep } from "./run.ts";

interface Part {
  readonly kind: "model" | "outside";
  readonly milliseconds: number;
}

const WIDTH = 1000;
const GAP = 3;

/** Where the time went, as a strip; nothing where no step was measured. */
export function TimeStrip({ steps }: { readonly steps: readonly PageStep[] }) {
  const parts = steps.flatMap(partOf);
  const total = parts.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  if (parts.length < 2 || total === 0) return null;
  const room = WIDTH - GAP * (parts.length - 1);
  const spent = (kind: Part["kind"]) =>
    duration(parts.reduce((sum, part) => (part.kind === kind ? sum + part.milliseconds : sum), 0));
  const outside = parts.some(({ kind }) => kind === "outside");
  const words = `${spent("model")} in the model${outside ? `, ${spent("outside")} in searches and pages` : ""}`;
  let x = 0;
  return (
    <p class="time">
      <svg class="strip" viewBox={`0 0 ${WIDTH} 8`} preserveAspectRatio="none" aria-hidden="true">
        {parts.map(({ kind, milliseconds }, at) => {
          const width = (milliseconds / total) * room;
          const left = x;
          x += width + GAP;
          return <rect key={at} class={kind} x={left} y={0} width={Math.max(width, 1)} height={8} />;
        })}
      </svg>
      <span>{words}</span>
    </p>
  );
}

function partOf(step: PageStep): readonly Part[] {
  switch (step.kind) {
    case "reasoning":
    case "answer":
      return step.milliseconds === undefined ? [] : [{ kind: "model", milliseconds: step.milliseconds }];
    case "search":
      return longest(step.queries);
    case "pages":
      return longest(step.pages);
    case "splice":
    case "repair":
      return [];
  }
}

/** Those of one call go side by side. */
function longest(all: readonly { readonly milliseconds?: number | undefined }[]): readonly Part[] {
  const known = all.flatMap(({ milliseconds }) => milliseconds ?? []);
  return known.length === 0 ? [] : [{ kind: "outside", milliseconds: Math.max(...known) }];
}
