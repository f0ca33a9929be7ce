import type { ReportFont } from '../fonts/text-width.ts';

/**
 * The report's style sheet. Mode colours are chosen to differ for colour-blind readers (after Okabe & Ito,
 * 2008) and to keep 3:1 against their background; text keeps 4.5:1 in both themes (WCAG 2.2 AA).
 */
export function styleSheet(font: ReportFont): string {
  return fontFaces(font) + colors + layout;
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
body { margin: 0; background: var(--paper); color: var(--ink); font: 400 16px/1.55 Inter, system-ui, sans-serif;
  font-feature-settings: "tnum"; }
main, header, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 48px; }
footer { padding-bottom: 64px; }
h1, h2, h3 { line-height: 1.25; font-weight: 600; text-wrap: balance; }
h1 { font-size: 1rem; color: var(--quiet); margin: 0 0 20px; }
h2 { font-size: 1.375rem; margin: 64px 0 8px; }
h3 { font-size: 1rem; margin: 32px 0 8px; }
p, ul, dl { margin: 0 0 16px; max-width: 74ch; }
p.lead { color: var(--quiet); }
a { color: var(--link); }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.875em; }
code { overflow-wrap: anywhere; }
pre { background: var(--tint); border-radius: 6px; padding: 14px 16px; white-space: pre-wrap; overflow-wrap: anywhere;
  margin: 0 0 16px; }
.setting { color: var(--quiet); max-width: 90ch; margin: 0 0 20px; }
.headline { font-size: 1.0625rem; line-height: 1.5; max-width: 80ch; margin: 0 0 10px; text-wrap: pretty; }
.setting + .headline { font-size: 1.1875rem; font-weight: 600; max-width: 72ch; margin-bottom: 14px; }
.facts { color: var(--quiet); font-size: 0.875rem; margin: 24px 0 0; max-width: none; }
.headline + .notice, .facts + .notice { margin-top: 16px; }
.notice { border-left: 4px solid var(--untrusted); background: var(--untrusted-tint); border-radius: 0 6px 6px 0;
  padding: 12px 16px; margin: 0 0 12px; max-width: 82ch; }
.notice p { margin: 0; max-width: none; }
.notice p + p { margin-top: 4px; font-size: 0.9375rem; }
.notice ul { margin: 4px 0 6px; padding-left: 20px; max-width: none; font-size: 0.9375rem; }
.notice details { margin: 0 0 6px; }
.notice strong { color: var(--untrusted); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 24px 40px;
  margin: 16px 0 24px; }
.wide-charts { display: grid; grid-template-columns: minmax(0, 1fr); gap: 28px; margin: 16px 0 24px; }
.wide-charts .scroll { margin: 0; }
figure { margin: 0; min-width: 0; break-inside: avoid; }
figcaption { font-weight: 600; font-size: 0.9375rem; margin: 0 0 8px; }
figcaption span { display: block; font-weight: 400; font-size: 0.8125rem; color: var(--quiet); }
svg.chart { display: block; width: 100%; max-width: 560px; height: auto; overflow: visible; font-feature-settings: normal;
  font-kerning: none; font-family: Inter; font-variant-ligatures: none; }
svg.chart.wide { min-width: 760px; max-width: 1000px; }
.labels_marks text, .values_marks text { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; padding: 0; margin: 12px 0; font-size: 0.875rem;
  max-width: none; }
.legend li { display: flex; align-items: center; gap: 8px; }
.legend svg { flex: none; }
.scroll { overflow-x: auto; margin: 0 0 16px; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; line-height: 1.4; }
caption { text-align: left; font-weight: 600; font-size: 0.9375rem; padding: 12px 0 6px; }
th, td { text-align: left; vertical-align: baseline; padding: 7px 18px 7px 0; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-weight: 600; color: var(--quiet); font-size: 0.8125rem; vertical-align: bottom; }
tbody th { font-weight: 400; white-space: nowrap; }
tbody th.group { font-weight: 600; padding-top: 18px; }
td.number, th.number { text-align: right; white-space: nowrap; }
td small, td.name { white-space: nowrap; }
tr.quiet th, tr.quiet td { color: var(--quiet); }
.answers { width: auto; }
.answers th, .answers td { padding-top: 4px; padding-bottom: 4px; }
.answers th.group { padding-top: 10px; }
.answers tbody th:not(.group) { padding-left: 14px; }
.note { font-weight: 400; color: var(--quiet); }
td.instead { color: var(--quiet); text-align: right; }
td.reason small { white-space: normal; min-width: 30ch; }
.value { display: block; white-space: nowrap; }
small { font-size: 0.8125rem; color: var(--quiet); display: block; }
.verdict { display: inline-block; font-weight: 600; border-radius: 4px; padding: 1px 8px; white-space: nowrap; }
.slower { color: var(--slower); background: var(--slower-tint); }
.faster { color: var(--faster); background: var(--faster-tint); }
.equivalent { color: var(--equivalent); background: var(--equivalent-tint); }
.open, .unmeasured { color: var(--open); background: var(--open-tint); }
.untrusted { color: var(--untrusted); background: var(--untrusted-tint); }
details { margin: 0 0 12px; }
summary { cursor: pointer; color: var(--link); font-size: 0.9375rem; padding: 4px 0; }
summary:focus-visible, a:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px;
  border-radius: 3px; }
.facts-list { display: grid; grid-template-columns: minmax(120px, max-content) 1fr; gap: 4px 24px; max-width: none;
  font-size: 0.9375rem; }
.facts-list dt { color: var(--quiet); }
.facts-list dd { margin: 0; overflow-wrap: anywhere; }
details ul { font-size: 0.9375rem; padding-left: 20px; max-width: 90ch; }
.evidence { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 8px 40px; }
.evidence > div { min-width: 0; break-inside: avoid; }
.findings { list-style: none; padding: 0; max-width: none; font-size: 0.9375rem; }
.findings li { margin: 0 0 8px; }
@media (max-width: 600px) {
  body { font-size: 15px; }
  main, header, footer { padding-left: 14px; padding-right: 14px; }
  header { padding-top: 28px; }
  h2 { margin-top: 48px; }
  .facts-list { grid-template-columns: 1fr; gap: 0; }
  .facts-list dd { margin-bottom: 8px; }
  th, td { padding-right: 14px; }
  .wide-only { display: none; }
  .answers { width: 100%; }
}
@media print {
  :root { --card: #ffffff; }
  body { font-size: 10.5pt; }
  main, header, footer { max-width: none; padding: 0; }
  h2 { margin-top: 28pt; }
  h2, h3, p.lead, .legend, figcaption, caption, tr:has(.group) { break-after: avoid; }
  tbody { break-inside: avoid; }
  .evidence { grid-template-columns: 1fr 1fr; }
  tr, .notice { break-inside: avoid; }
  svg.chart.wide { min-width: 0; }
  .charts { grid-template-columns: 1fr 1fr; gap: 14pt; }
  .scroll { overflow: visible; }
  table { font-size: 8.5pt; }
  th, td { padding-right: 8pt; }
  .verdict { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
