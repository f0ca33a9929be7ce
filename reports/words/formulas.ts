/** A formula of the method: its notation, its meaning in words, and its source. */
export interface Formula {
  readonly formula: string;
  readonly words: string;
  readonly source?: string;
  /** The only profile that has its figures. */
  readonly profile?: string;
}

/**
 * The formulas of the method, worded once: `bench report --explain` and the report take them from here, and
 * `bench/docs/method.md` has the same texts (`method-page.test.ts`).
 */
export const formulas = {
  throughput: {
    formula: 'throughput_rps = Σ served requests / Σ seconds of windows',
    words: 'a request that a window opens or closes on counts by the share of its latency that lies inside',
  },
  latency: {
    formula:
      'latency_p50_us, latency_p90_us, latency_p99_us, latency_p999_us = quantile of the sum of the histograms',
    words: "the value at or below which 50, 90, 99 or 99.9 % of all the round's latencies lie",
    source: 'HdrHistogram, 3 significant digits',
  },
  connection: {
    formula:
      'connect_p50_us, handshake_p50_us, first_byte_p50_us, connection_p50_us = median of the sum of the histograms',
    words:
      'times from just before a connection is opened until TCP is connected, until the first byte of its answer, and until the last one; with TLS, that of the handshake',
    profile: 'churn',
  },
  cpu: {
    formula:
      'cpu_server_us = (Σ CPU of the server + Σ CPU of docker-proxy) / Σ responses, cpu_agent_us = Σ CPU of the load agent / Σ responses, cpu_total_us = their sum',
    words: 'CPU time and responses are those under load, ramps included',
  },
  cpuOfTransfer: {
    formula:
      'cpu_server_us_mb, cpu_agent_us_mb, cpu_total_us_mb = the same CPU times / (Σ responses · bytes of a body / 1,000,000)',
    words: 'a megabyte has 1,000,000 bytes, and heads do not count',
    profile: 'bulk',
  },
  transfer: {
    formula: 'transfer_mb_s = Σ served requests · bytes of a body / 1,000,000 / Σ seconds of windows',
    words: 'a body that a window opens or closes on counts by the share of its time that lies inside',
    profile: 'bulk',
  },
  busy: {
    formula: 'busy = Σ busy time of the CPU that an end is pinned to / Σ seconds under load',
    words: 'whoever used that CPU; the limit is the end whose CPU is busier, if it is busy for at least 95 %',
  },
  foreign: {
    formula:
      'foreign = (busy − servers − docker-proxies − load agents − bench − engine) / (wall time · CPUs)',
    words:
      "what others used of the machine's CPU time, over the whole of a block; interrupts that a kernel counts apart are taken off as well",
  },
  logRatio: {
    formula: 'y_r = ln(figure of the contender in round r) − ln(figure of the baseline in round r)',
    words: 'one number for each round in which both have a figure',
  },
  ratio: {
    formula: 'ratio = exp(median of (y_i + y_j)/2 over all i ≤ j)',
    words: 'the Hodges–Lehmann estimate, the median of the n(n+1)/2 Walsh averages',
    source: 'Hodges & Lehmann 1963',
  },
  interval: {
    formula:
      'interval = exp of the k-th smallest to exp of the k-th largest Walsh average, k the largest with 1 − 2·P(V ≤ k − 1) ≥ 1 − α',
    words:
      "Wilcoxon's signed-rank interval, exact: V is the sum of those of the ranks 1 … n that n fair coins pick",
    source: 'Wilcoxon 1945; Tukey 1949; Hollander, Wolfe & Chicken, sections 3.1–3.3',
  },
  values: {
    formula:
      'baseline value = exp(median of (ln b_i + ln b_j)/2 over all i ≤ j), contender value = baseline value · ratio',
    words: "b_r is the baseline's figure in round r, of the same rounds",
  },
  difference: {
    formula: 'difference = baseline value · (ratio − 1)',
    words: 'its bounds come from those of the ratio in the same way',
  },
  pValue: {
    formula: 'p = min(1, 2·P(V ≤ the smaller of the numbers of Walsh averages ≤ 0 and ≥ 0))',
    words: 'two-sided, of “the ratio is 1”: at most α exactly where the interval excludes 1',
  },
  holm: {
    formula: 'corrected p of the i-th smallest of m = max over j ≤ i of min(1, (m − j + 1)·p_j)',
    words: 'even one false slower or faster in a run has probability at most α',
    source: 'Holm 1979',
  },
  equivalence: {
    formula: '1 − δ < low and high < 1 + δ, of the interval at 1 − 2α',
    words: 'two one-sided tests, each at level α',
    source: 'Schuirmann 1987',
  },
  roundsToTell: {
    formula: 'about n·(w/δ)² rounds narrow a half-width w to δ',
    words: 'the half-width of an interval shrinks with the root of the number of rounds',
  },
  sliceStart: {
    formula: 's_r = ln(mean rate of the first two turns / mean rate of the others), contender less baseline',
    words: 'estimate, interval and p as of y_r; p corrected over all that are tested',
  },
  littlesLaw: {
    formula: 'L = (Σ latencies − before + after) / (window · connections)',
    words:
      'before is the part of the counted latencies before the window, after the part inside it of what was on its way when it closed',
    source: 'Little 1961',
  },
  lookLevel: {
    formula: 'level of every look = wanted + (1 − wanted)/2',
    words: '97.5 % at every look for 95 % at the stop: half of the error pays for choosing among the looks',
  },
} as const satisfies Readonly<Record<string, Formula>>;

export type FormulaId = keyof typeof formulas;

/** A formula with its words and its source, in one line of text. */
export function formulaText(id: FormulaId): string {
  const { formula, words, source }: Formula = formulas[id];
  return `${formula}: ${words}${source === undefined ? '' : ` (${source})`}.`;
}
