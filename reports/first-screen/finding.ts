import { formatDifferenceParts, formatPercent, formatPercentInterval } from '../../bench/model/format.ts';
import { marginOf, metric } from '../../bench/model/metric.ts';
import { pathOf } from '../../bench/model/path.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { spokenName } from '../../bench/model/server.ts';
import { isMeasured, type MeasuredOverhead, type Step } from '../../bench/model/summary.ts';
import { type Answers, answersOf, type PathAnswers } from '../answers.ts';
import type { ReportModel } from '../report-model.ts';
import { baselineWords } from '../words/baseline-words.ts';
import { listed } from '../words/finding-words.ts';
import { modeWords } from '../words/setting-words.ts';
import { isShown, layerSubject, stairsOf } from '../words/step-words.ts';
import { type AnswerCell, answerCell } from './cells.ts';
import { costliest, matricesOf } from './matrix.ts';

/** The end of a finding: a cost is always one against the baseline, seen by the same client. */
function comparedWith({ run: { plan } }: Pick<ReportModel, 'run'>): string {
  return `compared with ${baselineWords(plan).option}`;
}

/** The finding of a run in one sentence, without a full stop: what the first compared mode costs the first server. */
export function modesFinding(model: ReportModel): string {
  const answers = answersOf(model);
  const lead = answers.map((it) => leadOf(it, model)).find(({ shown }) => shown.length > 0);
  if (lead !== undefined) {
    const { path, server, shown } = lead;
    return `${subjectOf(path, server)} ${listed(clauses(shown, spokenName(server.server)))}, ${comparedWith(model)}`;
  }
  if (answers.length === 0) return 'Nothing was compared in this run';
  const compared = answers.flatMap((server) =>
    server.paths.filter(({ role }) => role === 'contender').map((path) => ({ server, path })),
  );
  if (compared.length === 0) return noiseFinding(model);
  const usable = compared.find(({ path }) => path.overheads.some(({ verdict }) => verdict !== 'untrusted'));
  return usable === undefined
    ? 'Do not use the results of this run'
    : withoutEffect(usable.server, usable.path, model);
}

/** Of a run without any mode to compare: what is left is the noise check. */
function noiseFinding({ run, summary }: ReportModel): string {
  const { warnings } = summary;
  const { name, again } = baselineWords(run.plan);
  if (warnings.some(({ code }) => code === 'twin-differs')) {
    return `${capital(name)} differs from ${again}: do not compare modes on this machine as it is`;
  }
  const widest = Math.max(
    ...summary.twin
      .filter((it) => it.declared)
      .filter(isMeasured)
      .map(({ ratioLow, ratioHigh }) => (ratioHigh - ratioLow) / 2),
  );
  return Number.isFinite(widest)
    ? `${capital(name)} does not differ from ${again}: the noise of this machine is ±${formatPercent(widest)} or less`
    : 'Nothing that counts was measured in this run';
}

interface Lead {
  readonly server: Answers;
  readonly path: PathAnswers;
  readonly shown: readonly AnswerCell[];
}

/** The first compared mode of a server for which anything is shown, with what is shown. */
function leadOf(server: Answers, { run, summary }: ReportModel): Lead {
  const contenders = server.paths.filter(({ role }) => role === 'contender');
  const cells = (path: PathAnswers) =>
    path.overheads
      .map((it) => answerCell(it, summary.cases, run.plan.confidence))
      .filter(({ state }) => state === 'worse' || state === 'better');
  const lead = contenders.find((it) => cells(it).length > 0);
  const [first] = server.paths;
  if (first === undefined) throw new Error('a table of answers has at least one row');
  return lead === undefined ? { server, path: first, shown: [] } : { server, path: lead, shown: cells(lead) };
}

/** `Bridge mode`, or `Bridge or mapped mode` where both are one path and the same is shown of both. */
function subjectOf({ path, overheads }: PathAnswers, { paths }: Answers): string {
  const verdictsOf = (own: PathAnswers['overheads']) =>
    own.map(({ metric: name, verdict }) => `${name} ${verdict}`).join();
  const same = paths
    .filter((it) => it.sameAs === path && verdictsOf(it.overheads) === verdictsOf(overheads))
    .map((it) => pathOf(it.path).mode);
  const { mode } = pathOf(path);
  const text = same.length === 0 ? modeWords(pathOf(path)) : `${[mode, ...same].join(' or ')} mode`;
  return capital(text);
}

/** What is shown, a clause each: `adds 17.6 µs to a request to nginx`, `costs it 11.6 µs more CPU`. */
function clauses(cells: readonly AnswerCell[], server: string): readonly string[] {
  return cells.flatMap(({ overhead }, index) =>
    isMeasured(overhead) ? [clause(overhead, index === 0 ? server : undefined)] : [],
  );
}

/** @param server the server's name where this clause is the first to need it. */
function clause(overhead: MeasuredOverhead, server: string | undefined): string {
  const { metric: name, ratio } = overhead;
  const more = ratio > 1;
  const { kind, per = 'request' } = metric(name);
  switch (kind) {
    case 'latency': {
      const to = server === undefined ? '' : ` to ${server}`;
      return more
        ? `adds ${absolute(overhead)} to a ${per}${to}`
        : `takes ${absolute(overhead)} off a ${per}${to}`;
    }
    case 'tail': {
      const whose = server === undefined ? 'its' : `${server}'s`;
      const what = `${whose} ${metric(name).quantity}`;
      return more ? `adds ${absolute(overhead)} to ${what}` : `takes ${absolute(overhead)} off ${what}`;
    }
    case 'cpu':
      return more
        ? `costs ${server ?? 'it'} ${absolute(overhead)} more CPU a ${per}`
        : `saves ${server ?? 'it'} ${absolute(overhead)} of CPU a ${per}`;
    case 'capacity':
      return more
        ? `gives ${server ?? 'it'} ${percent(overhead)} more capacity`
        : `takes ${percent(overhead)} of ${server === undefined ? 'its' : `${server}'s`} capacity`;
  }
}

/** Without a sign: the verb says the direction. */
function absolute({
  difference,
  differenceLow,
  differenceHigh,
  metric: name,
}: MeasuredOverhead | Step): string {
  const { value } = formatDifferenceParts(difference, differenceLow, differenceHigh, metric(name).unit);
  return value.replace(/^[+−]/, '');
}

function percent({ ratio, ratioLow, ratioHigh }: MeasuredOverhead): string {
  const [low, high] = [Math.abs(ratioLow - 1), Math.abs(ratioHigh - 1)].toSorted((a, b) => a - b);
  const text = formatPercentInterval(Math.abs(ratio - 1), low ?? 0, high ?? 0);
  return text.slice(0, text.lastIndexOf(' ['));
}

function withoutEffect({ server }: Answers, path: PathAnswers, model: ReportModel): string {
  const { summary, run } = model;
  const name = spokenName(server);
  const mode = modeWords(pathOf(path.path));
  const cells = path.overheads.map((it) => answerCell(it, summary.cases, run.plan.confidence));
  const states = new Set(cells.map(({ state }) => state));
  if (states.size === 1 && states.has('equal')) {
    const margins = path.overheads.map(marginOf);
    return `${capital(mode)} differs by less than ${formatPercent(Math.max(...margins))} for ${name}, ${comparedWith(model)}`;
  }
  if (states.size === 1 && states.has('unmeasured')) {
    return `What ${mode} costs ${name} was not measured: the load generator was the limit`;
  }
  return `No cost of ${mode} is shown for ${name}, ${comparedWith(model)}`;
}

/** The layer that adds most to a request, of all between a plain process and docker-proxy. */
export function waterfallFinding({ run, summary }: ReportModel): string {
  const [steps = []] = stairsOf(summary.steps ?? []);
  const largest = steps.filter(isShown).toSorted((a, b) => b.difference - a.difference)[0];
  const [first] = steps;
  if (first === undefined) return 'No layer was measured in this run';
  const server = spokenName(first.server);
  if (largest === undefined || largest.difference < 0)
    return `No layer is shown to add anything to a request to ${server}`;
  const layer = layerSubject(largest.to, run.environment.engine);
  return `${capital(layer)} adds ${absolute(largest)} to a request to ${server}, more than any other layer of the network`;
}

/** What the costliest of many paths costs, and what a client on a link pays. */
export function pathsFinding(model: ReportModel): string {
  const [matrix] = matricesOf(model);
  const worst = matrix === undefined ? undefined : costliest(matrix);
  if (matrix === undefined) return modesFinding(model);
  const server = spokenName(matrix.server);
  const cells = matrix.rows.flatMap(({ cells: row }) => row.filter((it) => it !== undefined));
  if (worst === undefined) {
    const untrusted = cells.filter(({ cell }) => cell.state === 'untrusted').length;
    if (untrusted === cells.length) return 'Do not use the results of this run';
    const unusable =
      untrusted === 0 ? '' : `, and ${untrusted} ${untrusted === 1 ? 'is' : 'are'} not to be used`;
    if (model.summary.warnings.some(({ code }) => code === 'too-few-rounds')) {
      const open = cells.filter(({ cell }) => cell.state === 'open').length;
      return `Too few rounds count to show what ${open} of ${cells.length} paths to ${server} cost${unusable}`;
    }
    return `None of ${cells.length} paths to ${server} is shown to cost a request anything${unusable}, ${comparedWith(model)}`;
  }
  const costly = cells.filter(({ cell }) => cell.state === 'worse').length;
  return (
    `${costly} of ${cells.length} paths to ${server} cost a request something, most of all ` +
    `${modeWords(pathOf(worst.path))} for a ${readerWords[pathOf(worst.path).vantage].reader} ` +
    `(${worst.cell.percent ?? ''}, ${worst.cell.change}), ${comparedWith(model)}`
  );
}

/** docker-proxy is a command: it keeps its small letter. */
function capital(text: string): string {
  return text.startsWith('docker-proxy') ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
