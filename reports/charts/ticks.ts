import { formatNumber } from '../../bench/model/format.ts';

/** Readable steps of a decade, from fine to coarse. */
const decades: readonly (readonly number[])[] = [
  [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2.2, 2.4, 2.6, 2.8, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9],
  [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 7, 8, 9],
  [1, 1.5, 2, 3, 4, 5, 7],
  [1, 2, 5],
  [1],
];

export interface Axis {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

function stepsAround(low: number, high: number, decade: readonly number[]): readonly number[] {
  const first = Math.floor(Math.log10(low)) - 1;
  const last = Math.ceil(Math.log10(high)) + 1;
  const steps: number[] = [];
  for (let power = first; power <= last; power++) {
    for (const step of decade) steps.push(Number((step * 10 ** power).toPrecision(6)));
  }
  return steps;
}

/**
 * A logarithmic axis over `low`..`high` (both > 0) that begins and ends at a readable value, with the finest
 * steps that give no more than nine ticks.
 */
export function logAxis(low: number, high: number): Axis {
  let axis: Axis = { domain: [low, high], ticks: [] };
  for (const decade of decades) {
    const steps = stepsAround(low, high, decade);
    const from = steps.filter((it) => it <= low).at(-1) ?? low;
    const to = steps.find((it) => it >= high && it > from) ?? high;
    axis = { domain: [from, to], ticks: steps.filter((it) => it >= from && it <= to) };
    if (axis.ticks.length <= 9) return axis;
  }
  return axis;
}

/** A linear axis over `low`..`high` with four to eight readable ticks; the data fill it, so it need not start at 0. */
export function linearAxis(low: number, high: number): Axis {
  // A narrower span than that has no steps that a number of 53 bits could tell apart.
  const span = high - low > 1e-9 * Math.abs(high) ? high - low : Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 2.5, 5, 10].map((it) => it * power).find((it) => span / it <= 5) ?? 10 * power;
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
  return { domain: [ticks[0] ?? low, ticks.at(-1) ?? high], ticks };
}

/**
 * A logarithmic axis of ratios around 1 with 1 always inside, and with ticks that leave each other room.
 * @param closest share of the axis between two neighboring ticks, at least.
 */
export function ratioAxis(low: number, high: number, closest: number): Axis {
  const from = Math.min(low, 1);
  const to = Math.max(high, 1);
  const span = Math.log(to / from);
  const pad = Math.max(span * 0.04, 0.002);
  const domain = [from * Math.exp(-pad), to * Math.exp(pad)] as const;
  const room = (span + 2 * pad) * closest;
  for (const step of [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5]) {
    const ticks: number[] = [];
    for (
      let index = Math.ceil((domain[0] - 1) / step - 1e-9);
      1 + index * step <= domain[1] + 1e-9;
      index++
    ) {
      const tick = Number((1 + index * step).toPrecision(6));
      if (tick > 0) ticks.push(tick);
    }
    // Equal steps are closest together at the upper end of a logarithmic axis.
    const [last, before] = [ticks.at(-1), ticks.at(-2)];
    if (last === undefined || before === undefined || Math.log(last / before) >= room)
      return { domain, ticks };
  }
  return { domain, ticks: [1] };
}

/**
 * A Vega expression for the label of each tick, with separated thousands and our minus.
 * @param print the label of one tick.
 */
export function tickLabels(ticks: readonly number[], print: (tick: number) => string = plainLabel): string {
  const labels = Object.fromEntries(ticks.map((tick) => [String(tick), print(tick)]));
  return `(${JSON.stringify(labels)})[datum.value]`;
}

/** With as many decimals as the tick has, which are few: ticks are readable steps. */
function plainLabel(tick: number): string {
  return formatNumber(tick, String(tick).split('.')[1]?.length ?? 0);
}
