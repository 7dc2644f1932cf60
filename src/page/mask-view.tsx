/** @jsxRuntime automatic @jsxImportSource preact */
import { counted } from "../view/amounts.ts";
import type { PageSegment } from "./run.ts";
import { shown } from "./shown.ts";

/** The model's turn piece by piece: 1 where the model wrote it, which counts for a loss, 0 on what was spliced. */
export function MaskView({ turn }: { readonly turn: readonly PageSegment[] }) {
  return (
    <ol class="mask">
      {turn.map(({ origin, text, tokens }, at) => (
        <li key={at} class={origin === "model" ? "ones" : "zeros"}>
          <p class="gutter">
            <span class="bit" aria-label={`Mask ${origin === "model" ? 1 : 0}`} role="img">
              {origin === "model" ? 1 : 0}
            </span>
            <span>{origin}</span>
            {tokens !== undefined && <span>{counted(tokens, "token")}</span>}
          </p>
          <div class="piece" dir="auto" tabIndex={0} role="group" aria-label={`Piece ${at + 1} of the turn`}>
            {shown(text)}
          </div>
        </li>
      ))}
    </ol>
  );
}
