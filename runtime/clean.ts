import { Failure } from '../bench/model/failure.ts';
import type { Engine } from './engine/engine.ts';
import { bootstrappedBase } from './image/base.ts';
import { unfinishedImages } from './image/lab-image.ts';
import { imageLabel, ownerState, runLabel } from './labels.ts';
import type { Commander } from './machine/command.ts';

export interface Cleaned {
  /** Names of what was removed. */
  readonly removed: readonly string[];
  /** Names of what is in use. */
  readonly kept: readonly string[];
}

/** Links are veth pairs, named after the end of their run's id, e.g. bench-k3f9. */
const linkName = /^bench-[0-9a-z]{4}$/;

/** Removes the containers and networks of runs whose process has gone. What another machine made is left to that machine. */
export async function cleanEngine(engine: Engine): Promise<Cleaned> {
  const removed: string[] = [];
  const kept: string[] = [];
  for (const { id, name, labels } of await engine.containers(runLabel)) {
    if ((await ownerState(labels)) === 'gone') {
      await engine.remove(id);
      removed.push(name);
    } else {
      kept.push(name);
    }
  }
  for (const { id, name, labels } of await engine.networks(runLabel)) {
    if ((await ownerState(labels)) === 'gone') {
      await engine.removeNetwork(id);
      removed.push(`network ${name}`);
    } else {
      kept.push(`network ${name}`);
    }
  }
  return { removed, kept };
}

/**
 * Removes the lab images of every version of bench, and the base that it bootstrapped. An image that containers use is
 * kept, a base from the registry is the user's as well, and so is what the user has built on a lab image: it has our
 * label by inheritance, and another tag than the label says.
 */
export async function cleanImages(engine: Engine): Promise<Cleaned> {
  const labs = (await engine.images(imageLabel)).filter(({ tag, labels }) => labels[imageLabel] === tag);
  const tags = labs.map(({ tag }) => tag);
  tags.push(...(await unfinishedImages(engine)));
  if (!tags.includes(bootstrappedBase) && (await engine.imageExists(bootstrappedBase))) {
    tags.push(bootstrappedBase);
  }
  const removed: string[] = [];
  const kept: string[] = [];
  for (const tag of tags) ((await engine.removeImage(tag)) ? removed : kept).push(tag);
  return { removed, kept };
}

/**
 * Removes links of which both ends are in the host's namespace: those of a run that was killed while it made one. Any
 * other link goes with its load agent's network namespace.
 * @throws {Failure} unfit: there is one that this user may not remove.
 */
export async function cleanLinks(commander: Commander, keptContainers: readonly string[]): Promise<Cleaned> {
  const { stdout } = await commander.run('ip', ['-o', 'link', 'show', 'type', 'veth']);
  // `name@ifN` has its other end in another namespace: with a load agent that lives, maybe on an engine out of reach.
  const names = [...stdout.matchAll(/^\d+: ([^:@]+)@(?!if\d+:)/gm)].map((match) => match[1] ?? '');
  const removed: string[] = [];
  for (const name of names.filter((name) => linkName.test(name))) {
    if (keptContainers.some((container) => container.startsWith(`${name}-`))) continue;
    const { exitCode, stderr } = await commander.run('ip', ['link', 'delete', name]);
    if (exitCode === 0) removed.push(`link ${name}`);
    else if (/not permitted/i.test(stderr)) throw needsRoot(name);
  }
  return { removed, kept: [] };
}

function needsRoot(link: string): Failure {
  return new Failure('unfit', `the link ${link} was left behind, and removing it needs root`, {
    hint: 'Run: sudo npx bench clean',
  });
}
