import { type Cleaned, type Cleaning, cleaning, ownImages } from '../../../runtime/clean.ts';
import { callPatience } from '../../../runtime/engine/call-deadline.ts';
import { connectDockerode } from '../../../runtime/engine/dockerode.ts';
import type { Engine } from '../../../runtime/engine/engine.ts';
import { nothingListens } from '../../../runtime/engine/failures.ts';
import { abandonedScratch } from '../../../runtime/image/scratch.ts';
import { foundOn } from '../../../runtime/leftovers.ts';
import { machineCommander } from '../../../runtime/machine/command.ts';
import { guardsFound, openingsFound } from '../../../runtime/openings-found.ts';
import { exitCodes, Failure, messageOf } from '../../model/failure.ts';
import { present } from '../../model/present.ts';
import { runIdSchema } from '../../model/run.ts';
import type { Outside } from '../../outside.ts';
import type { CommandRunner } from '../command.ts';
import { documentText } from '../documents.ts';
import { endpointFor } from '../engine/engine-choice.ts';
import { labImageTag, temporaryDirectory } from '../engine/lab-image.ts';
import { answerSeconds } from '../engine/open-engine.ts';
import { openInspector } from '../engine/open-inspector.ts';
import { labLeftovers, runningLab } from './clean-lab.ts';

/**
 * `bench clean`: removes what any run left on the engine and on this machine, live runs excepted:
 *
 *   each engine that answers: containers → networks → images, if asked to → firewall rules → folders → the lab
 *
 * No engine and no lab is started for it. After a failure it continues with the rest, reports what it could
 * not remove, and exits with 3. Where it cannot tell whether a run is live, it keeps and names what that run
 * made.
 */
export const clean: CommandRunner = async ({ flags }, outside) => {
  const interrupted = outside.catchInterrupts(); // an interrupt must not leave half a clean-up
  const force = forcedRun(flags['force']);
  const dryRun = flags['dryRun'] === true;
  const all = flags['all'] === true;
  const images = all || flags['images'] === true;
  const work = cleaning({ dryRun, ...present({ force }) });

  const engine = await usersEngine(work, outside, interrupted);
  for (const each of [engine, await runningLab(outside)]) {
    if (each === undefined) continue;
    const at = `the engine at ${each.about.address}`;
    await work.step(at, () => foundOn(each));
    if (images) await work.step(at, () => ownImages(each));
  }
  await cleanFirewall(engine, work, outside);
  // Under sudo a command has another TMPDIR than the run that was killed.
  for (const temporary of new Set([temporaryDirectory(outside), '/tmp'])) {
    await work.step(temporary, () => abandonedScratch(machineCommander, temporary));
  }
  await work.step("bench's lab", () => labLeftovers(outside, { all }));

  const { cleaned } = work;
  if (flags['json'] === true) outside.stdout.write(documentText('clean-output', { dryRun, ...cleaned }));
  else tell(cleaned, dryRun, outside);
  return cleaned.failed.length > 0 ? exitCodes.unfit : exitCodes.ok;
};

/** @throws {Failure} usage: no run has such an id. */
function forcedRun(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  const checked = runIdSchema.safeParse(given);
  if (checked.success) return checked.data;
  throw new Failure('usage', `--force ${given}: that is no run's id`, {
    hint: 'A run has an id such as 20261120T093220Z-k3f9. See whose things are left: bench clean --dry-run',
  });
}

/** The engine that a run would use, if it answers. Where no engine listens there is nothing to clean. */
async function usersEngine(
  work: Cleaning,
  outside: Outside,
  interrupted: AbortSignal,
): Promise<Engine | undefined> {
  const endpoint = await endpointFor(outside);
  try {
    return await connectDockerode(endpoint, undefined, callPatience(answerSeconds(outside), interrupted));
  } catch (error) {
    if (nothingListens(error)) outside.stderr.write(`${messageOf(error)}\n`);
    else await work.step(`the engine at ${endpoint.url}`, () => Promise.reject(error));
    return undefined;
  }
}

/** The firewall is that of the engine's machine. Only our inspector, or root on that machine, can read it. */
async function cleanFirewall(engine: Engine | undefined, work: Cleaning, outside: Outside): Promise<void> {
  if (process.platform !== 'linux') return;
  const tag = await labImageTag(outside);
  await using looking = await openInspector(engine ?? 'no engine answers', tag, outside);
  const local = engine === undefined || engine.about.address.startsWith('unix://');
  const blind = looking.by === 'process' && !(local && process.getuid?.() === 0);
  await work.step('the firewall', async () => {
    if (!blind) {
      const { inspector } = looking;
      return [...(await openingsFound(inspector)), ...(await guardsFound(inspector))];
    }
    const why = `firewall rules were not looked for: ${looking.why}`;
    // Without an image of any version of bench, no bench has run on this engine.
    if (engine === undefined || (await ownImages(engine)).length === 0) {
      outside.stderr.write(`${why}\n`);
      return [];
    }
    throw new Failure('unfit', why, { hint: 'Build it, and clean again: bench setup && bench clean' });
  });
}

function tell(
  { removed, kept, unjudged, failed }: Cleaned,
  dryRun: boolean,
  { stdout, errors, asCalled }: Outside,
): void {
  const verb = dryRun ? 'would be removed' : 'removed';
  if (removed.length > 0) stdout.write(`${verb}: ${removed.join(', ')}\n`);
  else if (failed.length === 0 && unjudged.length === 0) stdout.write('nothing was left behind\n');
  const used = kept.filter((name) => !unjudged.some((it) => it.name === name));
  if (used.length > 0) stdout.write(`in use: ${used.join(', ')}\n`);
  for (const { runId, reason } of new Map(unjudged.map((it) => [it.runId, it])).values()) {
    const names = unjudged.filter((it) => it.runId === runId).map(({ name }) => name);
    stdout.write(`kept: ${names.join(', ')}: ${reason}\n`);
    if (runId !== undefined) {
      stdout.write(asCalled(`  If that run has ended: bench clean --force ${runId}\n`));
    }
  }
  for (const { name, reason, hint } of failed) {
    errors.write(`bench: ${name}: ${reason}\n`);
    if (hint !== undefined) errors.write(`${hint.replace(/^/gm, '  ')}\n`);
  }
}
