import { type Cleaned, cleanEngine, cleanImages, cleanLinks } from '../../runtime/clean.ts';
import { cleanFirewall } from '../../runtime/clean-firewall.ts';
import { nothingListens } from '../../runtime/engine/connection-failure.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { imageTag } from '../../runtime/image/inputs.ts';
import { hasLabImage } from '../../runtime/image/lab-image.ts';
import { removeAbandonedScratch } from '../../runtime/image/scratch.ts';
import { connectLab, labLives } from '../../runtime/lab-machine/lab-machine.ts';
import { discardUnusedLab, labRemains, layoutOf } from '../../runtime/lab-machine/use-lab.ts';
import { labelsOf, thisProcess } from '../../runtime/labels.ts';
import { hasProgram, machineCommander } from '../../runtime/machine/command.ts';
import type { CommandRunner, Invocation } from '../cli.ts';
import { exitCodes, Failure, messageOf } from '../model/failure.ts';
import type { Outside } from '../outside.ts';
import { beforeMeasuring } from './before-measuring.ts';
import { imageInputs, temporaryDirectory } from './lab-image.ts';
import { borrowed, engineOfTheUser, labPlaces, type OpenEngine } from './open-engine.ts';

/**
 * `bench clean`: removes what any run left on the engine and on this machine, live runs excepted:
 * containers, links, firewall rules, a lab that nobody uses. Starts no engine: what a lab that has ended holds of runs is
 * removed when it is started again.
 */
export const clean: CommandRunner = ({ flags }, outside) => beforeMeasuring(() => cleanAll(flags, outside));

async function cleanAll(flags: Invocation['flags'], outside: Outside): Promise<number> {
  outside.catchInterrupts(); // half a clean-up helps nobody
  const say = (line: string) => outside.stderr.write(`${line}\n`);
  const removed: string[] = [];
  const kept: string[] = [];
  const keep = ({ removed: gone, kept: alive }: Cleaned) => {
    removed.push(...gone);
    kept.push(...alive);
  };

  const lab = labPlaces(outside);
  const engines = await enginesInReach(outside, say);
  for (const open of engines) {
    await using engine = open;
    keep(await cleanEngine(engine.engine));
    keep(await cleanOpenings(engine.engine, kept, outside, say));
    if (flags['images'] === true) keep(await cleanImages(engine.engine));
  }
  if (!(await hasProgram(machineCommander, 'ip'))) say('links were not looked for: ip is not on the PATH');
  keep(await cleanLinks(machineCommander, kept));
  removed.push(...(await removeAbandonedScratch(machineCommander, temporaryDirectory(outside))));
  if (await discardUnusedLab(machineCommander, lab, outside.clock)) removed.push('lab');

  if (flags['json'] === true) {
    outside.stdout.write(`${JSON.stringify({ removed, kept })}\n`);
    return exitCodes.ok;
  }
  outside.stdout.write(
    removed.length === 0 ? 'nothing was left behind\n' : `removed: ${removed.join(', ')}\n`,
  );
  if (kept.length > 0) outside.stdout.write(`in use: ${kept.join(', ')}\n`);
  return exitCodes.ok;
}

/**
 * The engine that a run would use, and a lab that lives: a run may have used either.
 * @throws {Failure} unfit: there is one that cannot be looked at; saying "nothing was left" would be a guess.
 */
async function enginesInReach(outside: Outside, say: (line: string) => void): Promise<readonly OpenEngine[]> {
  const lab = labPlaces(outside);
  if ((await labRemains(lab)) && process.getuid?.() !== 0) {
    throw new Failure('unfit', "bench's lab was left behind, and removing it needs root", {
      hint: 'Run: sudo npx bench clean',
    });
  }
  const reached: OpenEngine[] = [];
  try {
    reached.push(await engineOfTheUser(outside));
  } catch (error) {
    // Where nothing listens there is nothing of ours.
    if (!nothingListens(error)) throw error;
    say(messageOf(error));
  }
  const at = layoutOf(lab);
  if (await labLives(at)) reached.push(borrowed(await connectLab(at)));
  return reached;
}

/** Without its image there is no run of this version, and nothing to look with. */
async function cleanOpenings(
  engine: Engine,
  kept: readonly string[],
  outside: Outside,
  say: (line: string) => void,
): Promise<Cleaned> {
  const image = await imageTag(await imageInputs(outside.installation, machineCommander));
  if (!(await hasLabImage(engine, image))) {
    say('the firewall was not looked at: the lab image is not built (bench setup)');
    return { removed: [], kept: [] };
  }
  const labels = labelsOf('clean', await thisProcess());
  return cleanFirewall(engine, { image, prefix: `bench-clean-${process.pid}`, labels }, kept);
}
