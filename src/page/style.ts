/** Colours, type and measures, which every page of the project shares. */
export const BASE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf6; --raised: #ffffff; --ink: #1e1c19; --soft: #5c574e; --rule: #e2ddd1; --wash: #f3f0e8;
  --accent: #1d5a78; --good: #23683c; --fair: #825400; --bad: #a32a20; --shade: 0 8px 28px rgb(60 50 30 / 0.16);
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, Charter, "Source Serif 4", Georgia, "Noto Serif", serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Noto Sans Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #171614; --raised: #211f1c; --ink: #ebe7df; --soft: #aba59a; --rule: #3a3631; --wash: #1f1d1a;
    --accent: #8ec7e3; --good: #85cd9d; --fair: #e5b863; --bad: #f4958b; --shade: 0 8px 28px rgb(0 0 0 / 0.6);
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink); font: 400 1rem/1.6 var(--sans);
  overflow-wrap: anywhere; text-rendering: optimizeLegibility;
}
main { max-width: 72rem; margin: 0 auto; padding: clamp(1.25rem, 4vw, 3.5rem) clamp(1rem, 4vw, 3rem) 4rem; }
h1, h2, h3, h4, h5, h6, p, ol, ul, blockquote, pre { margin: 0; }
h1 { font: 400 clamp(1.6rem, 1.1rem + 2.2vw, 2.5rem)/1.2 var(--serif); letter-spacing: -0.012em; text-wrap: balance; }
h2 { font: 600 0.8125rem/1.4 var(--sans); letter-spacing: 0.02em; color: var(--soft); margin-bottom: 0.9rem; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 0.18em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
button, input, textarea, select { font: inherit; color: inherit; }
summary { cursor: pointer; color: var(--soft); }
summary:hover { color: var(--ink); }
code, pre { font-family: var(--mono); font-size: 0.875em; }
q { quotes: none; }
.meta { display: flex; flex-wrap: wrap; font-size: 0.8125rem; color: var(--soft); font-variant-numeric: tabular-nums; }
/* the dot before what begins a line is cut off */
.meta { margin-left: -1.2em; clip-path: inset(0 0 0 1.2em); }
.meta > * { position: relative; padding-left: 1.2em; min-width: 0; }
.meta > ::before { content: "·"; position: absolute; left: 0; width: 1.2em; text-align: center; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;

const RUN = `
.run > header { max-width: 48rem; margin-bottom: clamp(1.75rem, 4vw, 2.75rem); }
.run .ending { margin: 0.9rem 0 0.3rem; font-weight: 600; }
.run .ending.good { color: var(--good); }
.run .ending.bad { color: var(--bad); }
.run > section { margin-top: 3rem; padding-top: 1.5rem; border-top: 1px solid var(--rule); }
.earlier { max-width: 48rem; margin-bottom: 2.5rem; padding-bottom: 1.25rem; border-bottom: 1px solid var(--rule); color: var(--soft); }
.earlier > div { margin-top: 0.9rem; font: 400 1rem/1.55 var(--serif); }
.earlier > .user { color: var(--ink); font-weight: 600; font-family: var(--sans); }
.earlier p + p { margin-top: 0.6em; }
.contents { max-width: 48rem; }
.contents ol { padding-inline-start: 2em; margin-top: 1.75rem; }
.contents li + li { margin-top: 0.8rem; }
.contents li::marker { color: var(--soft); font-variant-numeric: tabular-nums; }
.contents + .run { margin-top: 5rem; padding-top: 3rem; border-top: 3px double var(--rule); }
.run + .run { margin-top: 5rem; padding-top: 3rem; border-top: 3px double var(--rule); }
.columns { display: grid; gap: 2.75rem; }
.columns > * { min-width: 0; }
.beside > * + * { margin-top: 2.5rem; }
@media (min-width: 64rem) {
  .columns { grid-template-columns: minmax(0, 42rem) minmax(16rem, 1fr); gap: 3rem 4rem; }
  .said, .happened { grid-column: 1; }
  .beside { grid-column: 2; grid-row: 1 / span 2; }
}
.answer { font: 400 1.1875rem/1.62 var(--serif); }
.answer.none { color: var(--soft); }
.answer > * + * { margin-top: 0.85em; }
.answer :is(ul, ol) { padding-inline-start: 1.4em; }
/* each by its own direction, with its mark where those of its list are */
:is(.answer, .doubts) li { unicode-bidi: plaintext; }
.answer li + li { margin-top: 0.35em; }
.answer :is(h3, h4, h5, h6) { font: 600 1.0625rem/1.4 var(--sans); margin-top: 1.5em; }
.answer blockquote { border-inline-start: 3px solid var(--rule); padding-inline-start: 1em; color: var(--soft); }
.answer pre { overflow-x: auto; padding: 0.8em 1em; background: var(--wash); border-radius: 6px; line-height: 1.5; }
.answer code { overflow-wrap: anywhere; }
.answer hr { border: 0; border-top: 1px solid var(--rule); margin: 1.5em 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font: 400 0.9375rem/1.45 var(--sans); overflow-wrap: normal; }
th, td { text-align: start; padding: 0.45em 1em 0.45em 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th { font-weight: 600; border-bottom-color: var(--soft); }
.answer :is(p, li, blockquote, td, th, h3, h4, h5, h6) { position: relative; }
`;

const CITATIONS = `
.cite { white-space: nowrap; margin-inline: 0.1em 0.05em; --tone: var(--soft); }
.supported { --tone: var(--good); }
.partly { --tone: var(--fair); }
.unsupported { --tone: var(--bad); }
.unclear, .open { --tone: var(--soft); }
.mark {
  font: 600 0.6875rem/1 var(--sans); font-variant-numeric: tabular-nums; color: var(--tone); cursor: pointer;
  vertical-align: 0.32em; min-width: 1.55em; padding: 0.22em 0.38em; border: 1px solid currentColor; border-radius: 0.5em;
  background: transparent; position: relative;
}
.mark::before { content: ""; position: absolute; inset: -0.45em -0.15em; }
.mark:hover, .mark:focus-visible, .cite:has(> .card:popover-open) > .mark { background: var(--tone); border-color: var(--tone); color: var(--paper); }
.partly > .mark { border-style: dashed; }
.unclear > .mark, .open > .mark { border-style: dotted; }
.tied { white-space: nowrap; }
.sign { margin-inline-start: 0.25em; }
.card {
  white-space: normal; width: min(24rem, 100%); padding: 0.9rem 1.05rem 1rem; margin: 0; color: var(--ink); background: var(--raised);
  border: 1px solid var(--rule); border-radius: 8px; box-shadow: var(--shade); font: 400 0.875rem/1.5 var(--sans); text-align: start;
  max-height: 60vh; overflow: auto;
}
.card > * { display: block; }
.card > * + * { margin-top: 0.5rem; }
.card .verdict { font-weight: 600; color: var(--tone); }
.card .why { color: var(--soft); }
.card .passage { font: 400 0.9688rem/1.5 var(--serif); border-inline-start: 2px solid var(--tone); padding-inline-start: 0.75rem; }
.card .from { font-size: 0.8125rem; }
.card .host { display: block; color: var(--soft); }
.cite:hover > .card:not(:popover-open) { display: block; position: absolute; z-index: 3; inset: auto; inset-inline-start: 0; width: 100%; }
.card:popover-open { position: fixed; inset: auto; width: min(24rem, calc(100vw - 2rem)); }
@supports (position-area: bottom) {
  .card:popover-open { position-area: block-end span-inline-end; margin-block: 0.4rem; position-try-fallbacks: flip-inline, flip-block, flip-inline flip-block; }
}
@supports not (position-area: bottom) { .card:popover-open { inset: auto 1rem 1rem; margin-inline: auto; } }
@media (max-width: 40rem) {
  .cite:hover > .card:not(:popover-open) { display: none; }
  .card:popover-open { position-area: none; inset: auto 0 0; width: 100%; max-width: none; margin: 0; border-width: 1px 0 0; border-radius: 14px 14px 0 0; padding: 1.1rem 1.25rem 1.6rem; }
}
.doubts { font: 400 0.875rem/1.55 var(--sans); border-inline-start: 3px solid var(--fair); padding-inline-start: 1rem; margin-top: 1.6rem; color: var(--soft); }
.doubts p { font-weight: 600; color: var(--fair); }
.doubts ul { padding-inline-start: 1.1em; margin-top: 0.3rem; }
.doubts q { color: var(--ink); }
`;

const SOURCES = `
.sources { list-style: none; padding: 0; display: grid; gap: 1.15rem; }
.sources > li { display: grid; grid-template-columns: 1.6rem minmax(0, 1fr); scroll-margin-top: 1rem; }
.sources .number { font-size: 0.8125rem; line-height: 1.5rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.sources .title { line-height: 1.4; }
.sources .title a { color: var(--ink); text-decoration-color: var(--rule); }
.sources .title a:hover { text-decoration-color: currentColor; }
.sources .meta { margin-top: 0.15rem; }
.sources .verdict { color: var(--tone); }
.sources details { margin-top: 0.3rem; font-size: 0.8125rem; }
.text {
  white-space: pre-wrap; font: 400 0.875rem/1.55 var(--sans); margin-top: 0.5rem; padding: 0.75rem 0.9rem; max-height: 22rem; overflow: auto;
  background: var(--wash); border-radius: 6px;
}
.fold > summary { font-size: 0.875rem; padding-block: 0.3rem; }
.sources + .fold { margin-top: 1.15rem; }
.fold > .sources { margin-top: 0.9rem; }
.unknown { margin-top: 1rem; font-size: 0.875rem; color: var(--bad); }
`;

const STEPS = `
.graph { display: block; width: 100%; max-width: 21.5rem; height: auto; }
.graph .edge { fill: none; stroke: var(--soft); stroke-width: 1.1; }
.graph .faint { stroke-dasharray: 3 3; }
.graph marker path { fill: var(--soft); }
.graph rect { fill: var(--raised); stroke: var(--rule); stroke-width: 1.2; }
.graph text { font: 600 12px var(--sans); fill: var(--ink); }
.graph .about, .graph .visits { font-weight: 400; font-size: 11px; fill: var(--soft); }
.graph .visits { text-anchor: end; }
.graph .unused rect { stroke-dasharray: 3 3; fill: none; }
.graph .unused text { fill: var(--soft); }
.graph .active rect { fill: var(--accent); stroke: var(--accent); }
.graph .active text { fill: var(--paper); }
.time { margin-bottom: 1.6rem; font-size: 0.8125rem; color: var(--soft); }
.strip { display: block; width: 100%; height: 6px; margin-bottom: 0.4rem; }
.strip .model { fill: var(--soft); opacity: 0.55; }
.strip .outside { fill: var(--accent); }
.timeline { list-style: none; padding: 0; }
.step { position: relative; padding: 0 0 1.5rem 1.6rem; }
[dir="rtl"] .step { padding: 0 1.6rem 1.5rem 0; }
.step::before { content: ""; position: absolute; inset-inline-start: 0.28rem; top: 1.15rem; bottom: -0.3rem; width: 1px; background: var(--rule); }
.step:last-child::before { display: none; }
.step::after {
  content: ""; position: absolute; inset-inline-start: 0; top: 0.48rem; width: 0.625rem; height: 0.625rem; border-radius: 50%;
  border: 1.5px solid var(--soft); background: var(--paper);
}
.step:is(.is-search, .is-pages)::after { background: var(--accent); border-color: var(--accent); }
.step.is-answer::after { background: var(--ink); border-color: var(--ink); }
.step.is-splice::after { border-radius: 2px; background: var(--soft); }
.step.is-repair::after { border-color: var(--fair); border-radius: 2px; transform: rotate(45deg); }
.step .head { display: flex; flex-wrap: wrap; gap: 0 0.75em; align-items: baseline; font-size: 0.875rem; }
.step .name { font-weight: 600; }
.step .fact { color: var(--soft); font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
.thought { font: 400 0.9688rem/1.6 var(--serif); color: var(--soft); white-space: pre-wrap; margin-top: 0.15rem; display: block; max-width: 40rem; }
.long > summary { list-style: none; display: block; }
.long > summary::-webkit-details-marker { display: none; }
.long > summary .more { font-size: 0.8125rem; color: var(--accent); text-decoration: underline; text-underline-offset: 0.18em; }
.long > summary .more::before { content: "… "; }
.long[open] > summary .more { display: none; }
.query { margin-top: 0.4rem; }
.query .words { font-weight: 500; line-height: 1.45; }
.query:is(.failed, .not-run, .refused) .words { color: var(--soft); }
.query.failed .meta > :first-child { color: var(--bad); }
.reason { font-size: 0.8125rem; color: var(--soft); }
.going::after { animation: pulse 1.4s ease-in-out infinite alternate; }
@keyframes pulse { to { opacity: 0.25; } }
@media (prefers-reduced-motion: reduce) { .going::after { animation: none; } }
.mask { list-style: none; padding: 0; margin-top: 0.75rem; border-top: 1px solid var(--rule); }
.mask > li { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: 0 1rem; padding: 0.6rem 0.75rem; border-bottom: 1px solid var(--rule); }
.mask .zeros { background: var(--wash); }
.gutter { font-size: 0.75rem; line-height: 1.5; color: var(--soft); }
.gutter > * { display: block; }
.gutter .bit { font: 600 0.875rem/1.4 var(--mono); color: var(--ink); }
.piece { white-space: pre-wrap; font: 400 0.8125rem/1.6 var(--mono); max-height: 26rem; overflow: auto; }
.zeros .piece { color: var(--soft); }
@media (max-width: 40rem) {
  .mask > li { grid-template-columns: minmax(0, 1fr); padding-inline: 0.6rem; }
  .gutter { display: flex; gap: 0.6em; align-items: baseline; }
}
`;

const PRINT = `
@media print {
  :root { --paper: #fff; --raised: #fff; --ink: #000; --soft: #444; --rule: #bbb; --wash: #fff; color-scheme: light; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  .columns { display: block; }
  .columns > * + * { margin-top: 1.5rem; }
  .card, .fold, .masked, .more, .sources details { display: none !important; }
  .long::details-content { content-visibility: visible; block-size: auto; }
  .sources > li, .step { break-inside: avoid; }
  .sources .title a[href]::after { content: " " attr(href); font-size: 0.85em; color: var(--soft); }
}
`;

/** The style sheet of runs: light and dark, narrow screens, print. */
export const STYLE = [BASE, RUN, CITATIONS, SOURCES, STEPS, PRINT].join("");
