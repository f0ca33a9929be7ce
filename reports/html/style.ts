import { chartStyle } from '../charts/chart-style.ts';
import type { ReportFont } from '../fonts/text-width.ts';

/**
 * The report's style sheet. Mode colours are chosen to differ for colour-blind readers (after Okabe & Ito,
 * 2008) and to keep 3:1 against their background; text keeps 4.5:1 in both themes (WCAG 2.2 AA).
 */
export function styleSheet(font: ReportFont): string {
  return fontFaces(font) + colors + layout + chartStyle;
}

function fontFaces(font: ReportFont): string {
  const face = (weight: number, bytes: Uint8Array) =>
    `@font-face{font-family:${font.family};font-weight:${weight};` +
    `src:url(data:font/ttf;base64,${Buffer.from(bytes).toString('base64')}) format("truetype")}\n`;
  return face(400, font.regular) + face(600, font.semiBold);
}

const light = `
  color-scheme: light;
  --paper: #ffffff; --card: #ffffff; --tint: #f5f6f8; --ink: #1b1f27; --quiet: #59616e; --line: #d5d9e0;
  --band: #e6e9ee; --link: #0a5aa8;
  --mode-native: #4a4f58; --mode-host: #0068a8; --mode-bridge: #cc5500; --mode-user-bridge: #a06c00;
  --mode-mapped: #00815c; --mode-none: #7b8290; --mode-macvlan: #b5478a; --mode-overlay: #7348b8;
  --slower: #a3260f; --slower-tint: #fbe9e5; --faster: #0b6a4c; --faster-tint: #e2f3ec;
  --equivalent: #2d4f73; --equivalent-tint: #e6edf5; --open: #59616e; --open-tint: #eef0f3;
  --untrusted: #7d5200; --untrusted-tint: #fbf0d9;`;

const dark = `
  color-scheme: dark;
  --paper: #14171c; --card: #1a1e25; --tint: #1f242c; --ink: #e8eaee; --quiet: #a3abb8; --line: #363d49;
  --band: #2a313c; --link: #7cb8ef;
  --mode-native: #c3c8d1; --mode-host: #5db3ec; --mode-bridge: #ff9150; --mode-user-bridge: #e8b54a;
  --mode-mapped: #3fcf9f; --mode-none: #98a0ad; --mode-macvlan: #ea94c8; --mode-overlay: #b99cf5;
  --slower: #ff9d87; --slower-tint: #43231c; --faster: #63d6ae; --faster-tint: #17382d;
  --equivalent: #9cc4ee; --equivalent-tint: #1f3147; --open: #b3bac6; --open-tint: #2b313b;
  --untrusted: #f0c266; --untrusted-tint: #3d3015;`;

const colors = `
:root {${light}
}
@media screen and (prefers-color-scheme: dark) { :root {${dark}
} }
`;

const layout = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 400 16px/1.5 Inter, system-ui, sans-serif;
  font-feature-settings: "tnum"; }
main, header, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 14px; }
footer { padding-top: 24px; padding-bottom: 48px; }
nav { display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 0.875rem; }
nav a { text-decoration: none; padding: 2px 0; }
nav a:hover { text-decoration: underline; }
h1, h2, h3 { line-height: 1.25; font-weight: 600; text-wrap: balance; }
h1 { font-size: 1.625rem; margin: 16px 0 8px; }
h1 code { font-size: 0.9em; font-weight: 600; white-space: nowrap; }
h2 { font-size: 1.375rem; margin: 56px 0 8px; scroll-margin-top: 16px; }
h3 { font-size: 1rem; margin: 32px 0 8px; }
p, ul, dl { margin: 0 0 16px; max-width: 80ch; }
p.lead, p.measured { color: var(--quiet); }
p.measured { font-size: 0.9375rem; margin-bottom: 12px; max-width: none; }
p.back { font-size: 0.875rem; margin: 0; }
a { color: var(--link); text-underline-offset: 2px; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.875em; }
code { overflow-wrap: anywhere; }
pre { background: var(--tint); border-radius: 6px; padding: 14px 16px; white-space: pre-wrap; overflow-wrap: anywhere;
  margin: 0 0 16px; }
button { font: inherit; font-size: 0.8125rem; color: var(--link); background: none; border: 1px solid var(--line);
  border-radius: 4px; padding: 2px 10px; cursor: pointer; }
thead button { border: 0; padding: 0; color: inherit; font-weight: inherit; text-align: inherit; }
thead button:hover { text-decoration: underline; }
[aria-sort=ascending] button::after { content: " ↑"; }
[aria-sort=descending] button::after { content: " ↓"; }
[hidden] { display: none; }
.tip { position: fixed; background: var(--ink); color: var(--paper); border-radius: 4px; padding: 2px 8px;
  font-size: 0.8125rem; pointer-events: none; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.print-only, .view-b, .swapped .view-a { display: none; }
.swapped .view-b { display: inline; }
.facts { color: var(--quiet); font-size: 0.875rem; margin: 0; }
.notice { border-left: 4px solid var(--untrusted); background: var(--untrusted-tint); border-radius: 0 6px 6px 0;
  padding: 8px 14px; margin: 0 0 12px; max-width: 88ch; font-size: 0.9375rem; }
.notice p { margin: 0; max-width: none; }
.notice strong { color: var(--untrusted); }
.meaning { background: var(--tint); border-radius: 6px; padding: 8px 14px; margin: 14px 0 0; font-size: 0.9375rem;
  max-width: none; }
.warnings, .trust { list-style: none; padding: 0; margin: 14px 0 0; font-size: 0.875rem; max-width: none; }
.trust { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 6px 32px; }
.trust a { text-decoration: none; }
.trust a:hover b { text-decoration: underline; }
.passed, .passed > a { color: var(--faster); }
.failed, .failed > a, .warnings b { color: var(--untrusted); }
li.passed, li.failed { color: var(--ink); }
figure { margin: 0; min-width: 0; break-inside: avoid; }
figcaption { font-weight: 600; font-size: 0.9375rem; margin: 0 0 8px; }
figcaption span { display: block; font-weight: 400; font-size: 0.8125rem; color: var(--quiet); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; padding: 0; margin: 12px 0; font-size: 0.875rem;
  max-width: none; }
.legend li { display: flex; align-items: center; gap: 8px; }
.legend svg { flex: none; }
.legend-line { display: block; font-size: 0.875rem; font-weight: 400; color: var(--quiet); }
.legend-line span { margin-right: 14px; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; line-height: 1.4; margin: 0 0 16px; }
caption { text-align: left; font-weight: 600; font-size: 0.9375rem; padding: 8px 0 4px; }
th, td { text-align: left; vertical-align: baseline; padding: 6px 16px 6px 0; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-weight: 600; color: var(--quiet); font-size: 0.8125rem; vertical-align: bottom; }
tbody th { font-weight: 600; }
tr.group th { padding-top: 18px; }
tr:target > * { background: var(--tint); }
td.number, th.number { text-align: right; }
tr.quiet th, tr.quiet td { color: var(--quiet); font-weight: 400; }
tr { scroll-margin-top: 60px; }
small { font-size: 0.8125rem; color: var(--quiet); display: block; font-weight: 400; }
.note { font-weight: 400; color: var(--quiet); }
.interval { color: var(--quiet); white-space: nowrap; }
td b { font-weight: 600; white-space: nowrap; }
td.number small { white-space: nowrap; }
.why { font-size: 0.8125rem; color: var(--quiet); min-width: 26ch; }
.value { display: block; }
.answers { font-size: 1rem; margin: 0; }
.answers th, .answers td { padding-top: 5px; padding-bottom: 5px; }
.answers tbody + tbody tr:first-child > * { padding-top: 14px; }
.answers .big { font-size: 1.25rem; line-height: 1.3; font-weight: 600; white-space: nowrap; color: var(--ink);
  text-decoration: none; }
.answers .big:hover { text-decoration: underline; }
.answers .worse .big, .matrix .worse a, .matrix .worse b { color: var(--slower); }
.answers .better .big, .matrix .better a, .matrix .better b { color: var(--faster); }
.answers .untrusted .big, .matrix .untrusted a { color: var(--untrusted); }
.answers .unmeasured .big { font-size: 1rem; font-weight: 400; color: var(--quiet); }
.answers .word { font-size: 0.8125rem; color: var(--quiet); }
.matrix { margin: 0; }
.matrix thead th { border-left: 1px solid var(--line); padding-left: 10px; padding-right: 6px; font-weight: 400; }
.matrix thead th:first-child { border-left: 0; padding-left: 0; }
.matrix thead tr + tr th:first-child { border-left: 1px solid var(--line); padding-left: 10px; }
.matrix td { border-left: 1px solid var(--line); padding: 3px 6px 3px 10px; white-space: nowrap; }
.matrix tbody th { white-space: nowrap; padding-top: 3px; padding-bottom: 3px; }
.matrix td a { color: inherit; text-decoration: none; }
.matrix td a:hover { text-decoration: underline; }
.matrix .worse { background: var(--slower-tint); }
.matrix .better { background: var(--faster-tint); }
.verdict { display: inline-block; font-weight: 600; border-radius: 4px; padding: 1px 8px; white-space: nowrap; }
.verdict.slower { color: var(--slower); background: var(--slower-tint); }
.verdict.faster { color: var(--faster); background: var(--faster-tint); }
.verdict.equivalent { color: var(--equivalent); background: var(--equivalent-tint); }
.verdict.open, .verdict.unmeasured { color: var(--open); background: var(--open-tint); }
.verdict.untrusted { color: var(--untrusted); background: var(--untrusted-tint); }
details { margin: 0 0 12px; }
td details { margin: 0; }
summary { cursor: pointer; color: var(--link); font-size: 0.9375rem; padding: 4px 0; }
td summary { font-size: 0.875rem; padding: 0; }
summary:focus-visible, a:focus-visible, button:focus-visible { outline: 2px solid var(--link); outline-offset: 2px;
  border-radius: 3px; }
.facts-list { display: grid; grid-template-columns: minmax(120px, max-content) 1fr; gap: 4px 24px; max-width: none;
  font-size: 0.9375rem; }
.facts-list dt { color: var(--quiet); max-width: 44ch; }
.facts-list dd { margin: 0; overflow-wrap: anywhere; }
details ul { padding-left: 20px; max-width: 90ch; }
td ul { margin: 4px 0 8px; }
.findings { padding-left: 20px; }
.findings li { margin: 0 0 6px; }
@media (max-width: 600px) {
  body { font-size: 15px; }
  main, header, footer { padding-left: 14px; padding-right: 14px; }
  h1 { font-size: 1.3125rem; margin-top: 14px; }
  h2 { margin-top: 44px; font-size: 1.1875rem; }
  .facts-list { grid-template-columns: 1fr; gap: 0; }
  .facts-list dd { margin-bottom: 8px; }
  .cards, .cards caption, .cards tbody, .cards tr, .cards th, .cards td { display: block; }
  .cards thead { display: none; }
  .cards tr { border-bottom: 1px solid var(--line); padding: 6px 0; }
  .cards th, .cards td, .matrix td { border: 0; padding: 2px 0; }
  .cards td { display: flex; justify-content: space-between; gap: 12px; text-align: left; white-space: normal; }
  .cards td::before { content: attr(data-label); color: var(--quiet); font-size: 0.8125rem; flex: none; max-width: 45%; }
  .cards td > div { text-align: right; min-width: 0; overflow-wrap: anywhere; }
  .cards td.why, .evidence td:last-child { display: block; }
  .cards td.why > div, .evidence td:last-child > div { text-align: left; }
  .cards td.empty { display: none; }
  .answers tbody + tbody tr:first-child > * { padding-top: 2px; }
  .answers .quiet { border-bottom: 0; padding-bottom: 0; }
  .answers .big { font-size: 1.125rem; }
  .interval { white-space: normal; }
  .matrix .worse, .matrix .better { background: none; }
  .matrix td::before { max-width: 75%; }
}
@media print {
  :root { --card: #ffffff; }
  body { font-size: 10pt; }
  main, header, footer { max-width: none; padding: 0; }
  nav, .measured button, .back, .on-screen, .tip { display: none; }
  .print-only { display: block; }
  details::details-content { content-visibility: visible; block-size: auto; display: block; }
  h1 { font-size: 16pt; }
  h2 { margin-top: 24pt; }
  p { orphans: 3; widows: 3; }
  h2, h3, .legend, figcaption, caption, tr.group, summary { break-after: avoid; }
  p.lead { break-before: avoid; break-after: avoid; }
  tr, .notice { break-inside: avoid; }
  table { font-size: 8.5pt; }
  .answers { font-size: 9.5pt; }
  .answers .big { font-size: 12pt; }
  small, .why, .note { font-size: 0.93em; }
  th, td { padding-right: 8pt; }
  .verdict { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
