import { type Owner, type OwnerState, ownerOf, ownerState, wordOf } from './owner.ts';

/*
 * A later command recognises bench's things by a label in bench's own namespace (docs.docker.com, "Docker
 * object labels") together with a name that fits it. A label alone is not enough: containers inherit the
 * labels of their image.
 */
const namespace = 'io.github.container-network-bench';

/** Label of all containers and networks that a run creates. Its value is the run's id. */
export const runLabel = `${namespace}.run`;
/** Label that names the owner: the process that made the thing. */
export const ownerLabel = `${namespace}.owner`;
/**
 * Label of the images that bench makes. Its value is their tag. It differs from `runLabel`, because
 * containers inherit the labels of images.
 */
export const imageLabel = `${namespace}.image`;

/** Every name starts with the end of its run's id. */
const ownName = /^bench-([0-9a-z]{4})-/;

/** Start of the names of a run's containers, networks and links, e.g. bench-k3f9. */
export function prefixOf(runId: string): string {
  return `bench-${runId.slice(-4)}`;
}

/** Labels of a run's things. */
export function labelsOf(runId: string, owner: Owner): Readonly<Record<string, string>> {
  return { [runLabel]: runId, [ownerLabel]: wordOf(owner) };
}

/** The same as one line of text. A link has it as its alias, a firewall rule as its comment. */
export function remarkOf(labels: Readonly<Record<string, string>>): string {
  return remarkFor({ runId: labels[runLabel] ?? '', owner: labels[ownerLabel] ?? '' });
}

export function remarkFor({ runId, owner }: Remark): string {
  return `bench run ${runId} ${owner}`.trimEnd();
}

const remark = /bench run (\d{8}T\d{6}Z-[0-9a-z]{4})(?: ([0-9a-f.-]+))?/;

/** A remark's content: a run, and the word of its owner. The word is empty if no owner is named. */
export interface Remark {
  readonly runId: string;
  readonly owner: string;
}

/** Reads a remark anywhere in a line. @returns undefined where there is none. */
export function readRemark(line: string): Remark | undefined {
  const [, runId, owner = ''] = remark.exec(line) ?? [];
  return runId === undefined ? undefined : { runId, owner };
}

interface Labelled {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The run that a thing was made for.
 * @returns undefined if the thing is not bench's: its name does not fit its label.
 */
export function runOf({ name, labels }: Labelled): string | undefined {
  const runId = labels[runLabel];
  return runId !== undefined && ownName.exec(name)?.[1] === runId.slice(-4) ? runId : undefined;
}

/** Whether the maker of a thing of bench's still lives. @param word of its owner, from the thing's label or remark. */
export async function stateOfMaker(word: string | undefined): Promise<OwnerState> {
  const owner = ownerOf(word ?? '');
  return owner === undefined ? { unknown: 'its owner cannot be read' } : ownerState(owner);
}
