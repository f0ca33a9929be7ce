import type { Contender } from './arena.ts';
import { type Figure, figureOf, type Result, ratioTo } from './comparison.ts';
import type { Spread } from './spread.ts';

/** A goal for the load agent: its figure, or its ratio to another's, is at most or at least so much. */
interface Goal {
  readonly what: string;
  readonly figure: Figure;
  readonly connections: readonly number[];
  /** Absent: the goal is about the figure itself. */
  readonly against?: Contender;
  readonly atMost?: number;
  readonly atLeast?: number;
}

const goals: readonly Goal[] = [
  {
    what: "CPU a request, ratio to wrk's",
    figure: 'cpuUsPerRequest',
    against: 'wrk',
    connections: [1, 32],
    atMost: 1.2,
  },
  {
    what: "requests/s, ratio to plain autocannon's",
    figure: 'requestsPerSecond',
    against: 'autocannon',
    connections: [1, 32],
    atLeast: 1.6,
  },
  {
    what: "median latency, ratio to wrk's",
    figure: 'medianUs',
    against: 'wrk',
    connections: [1],
    atMost: 1.15,
  },
  {
    what: 'share of the time under load in which garbage is collected',
    figure: 'garbageShare',
    connections: [1, 32],
    atMost: 0.005,
  },
];

/** One line for each goal and number of connections, with the figure and whether it is met. */
export function goalLines(results: readonly Result[]): readonly string[] {
  return goals.flatMap((goal) =>
    goal.connections.flatMap((connections) => {
      const { against, figure } = goal;
      const found =
        against === undefined
          ? figureOf(results, { contender: 'agent', connections }, figure)
          : ratioTo(results, { contender: against, connections }, figure);
      return [`${word(goal, found)}  ${limitOf(goal)}  ${spread(found)}  ${at(connections)}: ${goal.what}`];
    }),
  );
}

function word({ atMost = Number.POSITIVE_INFINITY, atLeast = 0 }: Goal, { median }: Spread): string {
  if (Number.isNaN(median)) return 'not measured';
  return median <= atMost && median >= atLeast ? 'pass ' : 'short';
}

function limitOf({ atMost, atLeast }: Goal): string {
  return (atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`).padEnd(13);
}

function spread({ low, median, high }: Spread): string {
  const print = (value: number) => (value < 0.1 ? value.toFixed(4) : value.toFixed(3));
  return `${print(median)} [${print(low)}, ${print(high)}]`.padEnd(25);
}

function at(connections: number): string {
  return `${String(connections).padStart(2)} connection${connections === 1 ? ' ' : 's'}`;
}

/** One line for each contender and number of connections, with all its figures. */
export function figureLines(results: readonly Result[], contenders: readonly Contender[]): readonly string[] {
  const counts = [...new Set(results.map(({ connections }) => connections))].toSorted((a, b) => a - b);
  return counts.flatMap((connections) =>
    contenders.map((contender) => {
      const median = (figure: Figure) => figureOf(results, { contender, connections }, figure).median;
      const latency = median('medianUs');
      return [
        `${at(connections)}  ${contender.padEnd(10)}`,
        `${Math.round(median('requestsPerSecond')).toLocaleString('en').padStart(7)} requests/s`,
        `${median('cpuUsPerRequest').toFixed(1).padStart(5)} µs CPU a request`,
        ...(Number.isNaN(latency) ? [] : [`median latency ${latency.toFixed(1)} µs`]),
      ].join('   ');
    }),
  );
}
