import { formatCount, formatNumber, formatPercent } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { pathOf } from '../../bench/model/path.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { spokenName } from '../../bench/model/server.ts';
import { isMeasured, type MeasuredOverhead } from '../../bench/model/summary.ts';
import type { ReportModel } from '../report-model.ts';
import { listed } from '../words/finding-words.ts';
import { modeWords } from '../words/setting-words.ts';
import { roundsOf } from '../words/stop-words.ts';
import { askedWords, keptWords, subjectsOf } from '../words/subject-words.ts';
import { modesFinding, pathsFinding, waterfallFinding } from './finding.ts';
import { type TrustMark, trustMarks } from './trust-marks.ts';

/** What a run is about: some network modes, what each layer adds, or every path that a client can take. */
export type RunKind = 'modes' | 'waterfall' | 'paths';

/**
 * What a reader of ten seconds takes along. Report, terminal, Markdown and picture begin with it, each in its own
 * layout; the table between `measured` and `meaning` comes from `answersOf`, `stairsOf` or `matricesOf`, by the kind.
 */
export interface FirstScreen {
  readonly kind: RunKind;
  /** One sentence without a full stop. */
  readonly finding: string;
  /** What was measured, by which client, where and when: one line. */
  readonly measured: string;
  /** The finding in the reader's own scale. Absent where no cost is shown. */
  readonly meaning?: string;
  readonly trust: readonly TrustMark[];
}

export function firstScreenOf(model: ReportModel): FirstScreen {
  const kind = kindOf(model);
  const meaning = meaningOf(model);
  return {
    kind,
    finding: findings[kind](model),
    measured: measuredWords(model, kind),
    ...(meaning === undefined ? {} : { meaning }),
    trust: trustMarks(model),
  };
}

const findings = {
  modes: modesFinding,
  waterfall: waterfallFinding,
  paths: pathsFinding,
} as const satisfies Record<RunKind, (model: ReportModel) => string>;

/** Fewest steps that make a waterfall: two measured layers by chance make none. */
const fewestSteps = 3;

function kindOf({ run, summary }: ReportModel): RunKind {
  // A running container has few paths, and absolute figures of some: its table is that of modes.
  if (run.plan.comparisons.length > 1 && run.plan.service?.running === undefined) return 'paths';
  const layers = new Set((summary.steps ?? []).map(({ to }) => to));
  return layers.size >= fewestSteps ? 'waterfall' : 'modes';
}

function measuredWords({ run }: ReportModel, kind: RunKind): string {
  const { plan, environment } = run;
  const { cpuModel, cpuCount, hypervisor, pinning, engine } = environment;
  const vantages = [...new Set(plan.comparisons.map(({ baseline }) => pathOf(baseline).vantage))];
  const [vantage] = vantages;
  const client =
    vantages.length === 1 && vantage !== undefined
      ? vantage === 'external'
        ? 'client on this machine, virtual link (no network card)'
        : readerWords[vantage].reader
      : `clients in ${vantages.length} places`;
  const virtual = hypervisor === undefined || hypervisor === 'none' ? '' : ', virtual';
  const cpus = pinning.kind === 'disjoint' ? `1 of ${cpuCount} CPUs` : `${cpuCount} shared CPUs`;
  // Host mode is then the lab's own stack, without the machine's firewall rules.
  const lab = engine.endpoint === 'lab' ? " (bench's lab)" : '';
  const rounds = roundsOf(run);
  return (
    `${listed(subjectsOf(plan))} · ${client} · ${askedWords(plan)}, ${keptWords(run)} · ` +
    `${cpus} for the server (${cpuModel}${virtual}) · Docker ${engine.version.replace(/\+.*/, '')}${lab} · ${dateWords(run.startedAt)} · ` +
    `${formatCount(rounds)} ${rounds === 1 ? 'round' : 'rounds'}. ${intervalWords(kind, formatPercent(plan.confidence))}`
  );
}

/** Where the intervals are, and what a waterfall's bars stand on. */
function intervalWords(kind: RunKind, level: string): string {
  switch (kind) {
    case 'modes':
      return `Brackets: ${level} confidence interval.`;
    case 'waterfall':
      return `Each row: what the layer adds to the one above. Brackets: ${level} confidence interval.`;
    case 'paths':
      return `The tables below have the ${level} confidence intervals.`;
  }
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `28 Nov 2026`, by UTC. */
function dateWords(iso: string): string {
  const date = new Date(iso);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;
}

/**
 * What the largest shown costs mean for services of other speeds. What a path adds to a request does not depend on how
 * long the server works on it.
 */
function meaningOf({ summary }: ReportModel): string | undefined {
  const shown = summary.overheads.filter(
    (it): it is MeasuredOverhead => it.declared && isMeasured(it) && it.verdict === 'slower',
  );
  const most = (kind: 'latency' | 'cpu', per?: string) =>
    shown
      .filter((it) => metric(it.metric).kind === kind && metric(it.metric).per === per)
      .toSorted((a, b) => b.difference - a.difference)[0];
  const latency = most('latency') ?? most('latency', 'connection');
  const cpu = most('cpu');
  const sentences = [
    ...(latency === undefined ? [] : [latencyMeaning(latency)]),
    ...(cpu === undefined
      ? []
      : [
          `1,000 requests/s to ${spokenName(cpu.server)} take ${formatPercent(cpu.difference / 1000)} more of one CPU.`,
        ]),
  ];
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

function latencyMeaning({ path, difference, metric: name }: MeasuredOverhead): string {
  const { per } = metric(name);
  const request = per === undefined ? 'a request of 1 ms' : `a request of 1 ms with its ${per}`;
  const with1 = formatNumber(1 + difference / 1000, 3);
  const with20 = formatNumber(20 + difference / 1000, 2);
  return `In ${modeWords(pathOf(path))} ${request} takes ${with1} ms; one of 20 ms, ${with20} ms.`;
}
