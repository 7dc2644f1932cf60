import { STYLE } from "../style.ts";

const FRAME = `
.app { min-height: 100vh; min-height: 100dvh; }
.app main { max-width: none; margin: 0; outline: none; }
.app main > * { max-width: 72rem; margin-inline: auto; }
.skip { position: absolute; inset-inline-start: 1rem; top: -4rem; padding: 0.6rem 1rem; background: var(--raised); z-index: 9; }
.skip:focus { top: 0.5rem; }
.side { border-bottom: 1px solid var(--rule); background: var(--wash); }
.bar { display: flex; justify-content: space-between; align-items: center; padding: 0.6rem 1rem; gap: 1rem; }
.brand { font: 400 1.25rem/1.4 var(--serif); color: var(--ink); text-decoration: none; letter-spacing: -0.01em; padding-block: 0.3rem; }
.side nav { display: none; padding: 0 0.75rem 1rem; }
.side.open nav { display: block; }
.side ul { list-style: none; padding: 0; margin-block: 0.5rem; }
.side li { display: flex; align-items: start; border-radius: 8px; }
.side li a { flex: 1; min-width: 0; padding: 0.5rem 0.25rem 0.5rem 0.75rem; color: var(--ink); text-decoration: none; border-radius: 8px; }
.side .title { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; font-size: 0.875rem; line-height: 1.4; }
.side li:has([aria-current]) { background: var(--raised); box-shadow: inset 0 0 0 1px var(--rule); }
.side li:hover { background: var(--raised); }
.side [data-status="interrupted"] .meta { color: var(--fair); }
.side [data-status="busy"] .meta { color: var(--accent); }
.side [data-status="error"] .meta { color: var(--bad); }
.new { display: block; margin-top: 0.25rem; padding: 0.5rem 0.75rem; border: 1px solid var(--rule); border-radius: 8px; color: var(--ink); background: var(--raised); text-decoration: none; font-size: 0.875rem; font-weight: 600; }
.new:hover { border-color: var(--soft); }
.remove { min-width: 2.25rem; min-height: 2.25rem; }
.side .remove { opacity: 0; }
.side li:hover .remove, .side .remove:focus-visible { opacity: 1; }
@media (hover: none) { .side .remove { opacity: 1; } }
@media (min-width: 60rem) {
  .app { display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
  .side { border-bottom: 0; border-inline-end: 1px solid var(--rule); position: sticky; top: 0; height: 100vh; height: 100dvh; display: flex; flex-direction: column; }
  .side nav { display: block; overflow-y: auto; flex: 1; }
  .menu { display: none; }
  .bar { padding: 1rem 1.5rem 0.5rem; }
}
`;

const FORMS = `
button {
  border: 1px solid var(--rule); background: var(--raised); border-radius: 8px; padding: 0.45rem 0.95rem; cursor: pointer;
  font-size: 0.875rem; font-weight: 600; min-height: 2.5rem;
}
button:hover { border-color: var(--soft); }
button:disabled { opacity: 0.5; cursor: default; }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--paper); }
button.primary:hover { filter: brightness(1.08); }
button.quiet { background: transparent; border-color: transparent; font-weight: 400; color: var(--soft); }
button.quiet:hover { color: var(--ink); text-decoration: underline; text-underline-offset: 0.2em; }
button.mark { min-height: 0; padding: 0.22em 0.38em; border-radius: 0.5em; font: 600 0.6875rem/1 var(--sans); background: transparent; border-color: currentColor; }
.buttons { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
.buttons:empty { display: none; }
textarea, input[type="text"], input[type="password"], select {
  width: 100%; border: 1px solid var(--soft); border-radius: 8px; background: var(--raised); padding: 0.6rem 0.75rem; font: 400 1rem/1.5 var(--sans);
}
select { width: auto; padding: 0.3rem 0.5rem; font-size: 0.875rem; border-color: var(--rule); }
textarea { resize: vertical; display: block; }
.composer { display: grid; gap: 0.6rem; max-width: 44rem; }
.composer > label, .queries > label, .words { font-size: 0.875rem; font-weight: 600; }
.composer .field { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.6rem; align-items: end; }
.composer textarea { font: 400 1.125rem/1.5 var(--serif); }
.choices { display: flex; flex-wrap: wrap; gap: 0.4rem 1.5rem; font-size: 0.875rem; color: var(--soft); align-items: center; }
.choices label { display: inline-flex; gap: 0.4rem; align-items: center; min-height: 2rem; }
.choices input { width: 1.05rem; height: 1.05rem; accent-color: var(--accent); }
.examples { list-style: none; padding: 0; display: grid; gap: 0.4rem; margin-top: 0.4rem; }
.examples button { font-weight: 400; text-align: start; background: transparent; color: var(--soft); }
.examples button:hover { color: var(--ink); }
.problem { color: var(--bad); font-size: 0.9375rem; }
p.problem[role="alert"] { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: center; border-inline-start: 3px solid var(--bad); padding: 0.4rem 0.9rem; margin-bottom: 1.5rem; background: var(--raised); }
.key { max-width: 34rem; padding-top: 12vh; }
.lead { color: var(--soft); margin-block: 0.75rem 1.5rem; max-width: 38rem; text-wrap: pretty; }
`;

const LIVE = `
.idle { padding-top: clamp(0rem, 8vh, 5rem); }
.idle section { margin-top: clamp(2.5rem, 8vh, 5rem); }
.app .run > header { max-width: 48rem; }
.app .run .buttons { margin-top: 0.9rem; }
.ending { text-wrap: pretty; }
.elapsed { color: var(--soft); font-weight: 400; font-variant-numeric: tabular-nums; }
.graph rect { transition: fill 1.1s ease-out, stroke 1.1s ease-out; }
.graph text { transition: fill 1.1s ease-out; }
.graph .active rect, .graph .active text { transition-duration: 0.05s; }
@media (prefers-reduced-motion: reduce) { .graph rect, .graph text { transition: none; } }
.approval, .queries { display: grid; gap: 0.6rem; max-width: 40rem; }
.approval { margin-top: 1.5rem; padding: 1.1rem 1.25rem 1.25rem; background: var(--raised); border: 1px solid var(--rule); border-inline-start: 3px solid var(--fair); border-radius: 8px; }
.approval h2 { font: 400 1.3125rem/1.3 var(--serif); color: var(--ink); margin: 0; outline: none; letter-spacing: 0; }
.approval .buttons, .queries .buttons { margin-top: 0 !important; }
.words { display: grid; gap: 0.35rem; }
.step .queries, .step .buttons { margin-top: 0.6rem; }
.step .buttons button { min-height: 2rem; padding: 0.25rem 0.75rem; font-weight: 400; font-size: 0.8125rem; }
.parts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); margin-top: 1.75rem; max-width: 72rem; }
.parts article { border: 1px solid var(--rule); border-radius: 8px; padding: 1rem 1.1rem; background: var(--raised); min-width: 0; }
.parts h2 { font: 600 0.9375rem/1.4 var(--sans); color: var(--ink); margin-bottom: 0.2rem; }
.parts .graph { margin-block: 0.75rem; }
.run > header:has(.parts) { max-width: none; }
.kept { margin-top: 3rem; padding-top: 1.5rem; border-top: 1px solid var(--rule); }
.checkpoints { list-style: none; padding: 0; margin-top: 0.75rem; }
.checkpoints li { padding: 0.7rem 0 0.7rem 1rem; border-inline-start: 2px solid var(--rule); }
.checkpoints li:has([aria-current]) { border-color: var(--accent); }
.checkpoints .other { border-inline-start-style: dashed; opacity: 0.85; }
.checkpoints p { display: flex; flex-wrap: wrap; gap: 0 0.8rem; align-items: baseline; }
.checkpoints .asks { font-size: 0.875rem; }
.checkpoints .buttons { margin-top: 0.3rem; }
.checkpoints button { min-height: 2rem; padding: 0.25rem 0.75rem; font-weight: 400; font-size: 0.8125rem; }
.checkpoints a[aria-current] { font-weight: 600; }
.app main > .composer { margin-top: 3rem; margin-inline: 0; padding-top: 1.5rem; border-top: 1px solid var(--rule); max-width: 72rem; }
.app main > .composer > * { max-width: 44rem; }
@media (max-width: 40rem) {
  .composer .field { grid-template-columns: minmax(0, 1fr); }
  .composer .field button { justify-self: end; padding-inline: 1.75rem; }
  button { min-height: 2.75rem; }
}
@media print { .side, .composer, .buttons, .kept, .skip { display: none !important; } .app { display: block; } }
`;

/** The style sheet of the live page. */
export const LIVE_STYLE = [STYLE, FRAME, FORMS, LIVE].join("");
