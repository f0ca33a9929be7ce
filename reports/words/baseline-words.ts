import { type PathId, pathOf } from '../../bench/model/path.ts';
import type { Plan } from '../../bench/model/plan.ts';
import { readerWords } from '../../bench/model/reader-words.ts';

/** What the others are compared with, and what is measured a second time as noise check, in the words of a reader. */
interface BaselineWords {
  /** `host mode`. */
  readonly name: string;
  /** How a user gets it: `--network host`. */
  readonly option: string;
  /** `a second copy of itself`. */
  readonly again: string;
  /** `second copy of host mode`. */
  readonly twin: string;
  /** The same in a table, with what it is for. */
  readonly twinRow: string;
  /** `Two identical servers in host mode`. */
  readonly both: string;
  /** Of a run without it, what is missing. */
  readonly missing: string;
  /** The head of the column with its figures. */
  readonly head: string;
  /** What a round does for the noise check. */
  readonly round: string;
}

const hostMode: BaselineWords = {
  name: 'host mode',
  option: '--network host',
  again: 'a second copy of itself',
  twin: 'second copy of host mode',
  twinRow: readerWords.twin.reader,
  both: 'Two identical servers in host mode',
  missing: 'No second copy of host mode was measured',
  head: 'host',
  round: 'A round starts every server afresh, and with them a second copy of host mode as noise check.',
};

const ownAddress: BaselineWords = {
  name: "the container's own address",
  option: "the container's own address",
  again: 'a second measurement of itself',
  twin: "second measurement of the container's own address",
  twinRow: 'the same path, measured again (noise check)',
  both: "Two measurements of the container's own address",
  missing: 'Nothing was measured a second time',
  head: 'baseline',
  round:
    'The container is measured as it runs: a round opens all connections afresh, and measures each baseline a second time as noise check.',
};

/** A running container of the user's is compared with itself, at its own address. All else is compared with host mode. */
export function baselineWords({ service }: Pick<Plan, 'service'>): BaselineWords {
  return service?.running === undefined ? hostMode : ownAddress;
}

/** The same of a comparison whose plan is not at hand. */
export function baselineName(baseline: PathId): string {
  return pathOf(baseline).mode === 'host' ? hostMode.name : ownAddress.name;
}

/** What distinguishes the noise check of a path from the path: only a running container has another baseline than host mode. */
export function twinWord(baseline: PathId): string {
  return pathOf(baseline).mode === 'host' ? 'second copy' : 'measured again';
}

/** The words of a reader that mean something else where a running container is measured. */
export function ownReaderWords({ service }: Pick<Plan, 'service'>): Partial<typeof readerWordsOfRunning> {
  return service?.running === undefined ? {} : readerWordsOfRunning;
}

const readerWordsOfRunning = {
  baseline: {
    reader: readerWords.baseline.reader,
    says: "What the others are compared with: the container's own address, dialled by the same client.",
  },
  contender: {
    reader: 'path compared',
    says: 'Another path to the same container that is compared with the baseline.',
  },
  twin: {
    reader: ownAddress.twinRow,
    says: 'The baseline, measured a second time in each round. A difference between the two shows that the run cannot be trusted.',
  },
  steady: {
    reader: readerWords.steady.reader,
    says: 'Requests at one rate on all paths, on as many connections as the rate needs.',
  },
  round: {
    reader: readerWords.round.reader,
    says: 'All connections are opened afresh, and each path is measured. The number of rounds is the n of every interval.',
  },
};
