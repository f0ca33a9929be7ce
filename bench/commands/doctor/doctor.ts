import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../../runtime/engine/engine.ts';
import type { Inspector } from '../../../runtime/inspector/client.ts';
import { runningDaemons } from '../../../runtime/machine/daemons.ts';
import { pathFacts } from '../../../runtime/stage/path-facts.ts';
import { publishingOf } from '../../../runtime/stage/publishing.ts';
import { exitCodes, Failure } from '../../model/failure.ts';
import type { Outside } from '../../outside.ts';
import type { CommandRunner, Invocation } from '../command.ts';
import { documentText } from '../documents.ts';
import { tellOthers } from '../engine/beside-others.ts';
import { labImageTag } from '../engine/lab-image.ts';
import { engineAccess, notPointedAt, type OpenEngine, openEngine } from '../engine/open-engine.ts';
import { openInspector } from '../engine/open-inspector.ts';
import { calibrationFinding } from './calibration-finding.ts';
import { cpuFindings } from './cpu-findings.ts';
import { engineFindings, noEngineFinding } from './engine-findings.ts';
import { concern, type DoctorFinding } from './finding.ts';
import { networkFindings } from './network-findings.ts';
import { pathFindings } from './path-findings.ts';
import { publishingFinding } from './publishing-finding.ts';

/** How long the CPUs are watched, in milliseconds. */
const watchMs = 500;

/**
 * `bench doctor`: whether this machine and its engine fit, and what would spoil the numbers. Exit 3 if they do not.
 *
 *   engine → its own findings → a look at its machine → nothing for half a second → a second look → findings
 */
export const doctor: CommandRunner = async ({ flags }, outside) => {
  const interrupted = outside.catchInterrupts(); // short, and a lab has to be given back
  const [image, open] = await Promise.all([labImageTag(outside), openOrWhyNot(flags, outside, interrupted)]);
  await using engine = open instanceof Failure ? undefined : open;
  if (engine !== undefined) await tellOthers(engine.engine, (line) => outside.stderr.write(`${line}\n`));
  const findings = [
    ...(open instanceof Failure ? [noEngineFinding(open)] : await engineFindings(open.engine, image)),
    ...(await daemonFindings(open instanceof Failure || isLab(open.engine))),
    ...(await machineFindings(engine?.engine, image, outside)),
    await calibrationFinding(flags, outside),
  ];
  // The findings are printed before the engine is given back, so that the user does not wait for that.
  if (flags['json'] === true) outside.stdout.write(documentText('doctor-output', { findings }));
  else tell(findings, outside);
  return findings.some(({ level }) => level === 'error') ? exitCodes.unfit : exitCodes.ok;
};

async function openOrWhyNot(
  flags: Invocation['flags'],
  outside: Outside,
  interrupted: AbortSignal,
): Promise<OpenEngine | Failure> {
  try {
    return await openEngine(outside, engineAccess(flags, outside, { interrupted }));
  } catch (error) {
    if (error instanceof Failure && error.kind !== 'usage') return error;
    throw error;
  }
}

/**
 * A lab has a stack of its own. Findings about the machine then come from this process, not from inside the
 * lab.
 */
function isLab({ about }: Engine): boolean {
  return about.endpoint === 'lab';
}

/** Daemons that run here but that bench does not use. */
async function daemonFindings(none: boolean): Promise<readonly DoctorFinding[]> {
  if (!none) return [];
  const subject = {
    subject: 'other daemons',
    why: "host mode in a lab uses the lab's network stack, not this machine's",
  };
  return (await runningDaemons()).map((daemon) =>
    concern(subject, notPointedAt(daemon), 'To measure this machine, set DOCKER_HOST to that address.'),
  );
}

/** Findings about the engine's machine. Where the engine is remote, that is another machine than this one. */
async function machineFindings(
  engine: Engine | undefined,
  image: string,
  outside: Outside,
): Promise<readonly DoctorFinding[]> {
  if (process.platform !== 'linux') return [];
  const looksFrom = engine === undefined || isLab(engine) ? 'no engine of this machine answers' : engine;
  await using looking = await openInspector(looksFrom, image, outside);
  const remote = engine !== undefined && !engine.about.address.startsWith('unix://');
  if (remote && looking.by === 'process') {
    const subject = {
      subject: 'machine',
      why: 'the noise of the machine decides how wide the intervals are',
    };
    return [concern(subject, `not checked: ${looking.why}`, 'Build the lab image there: bench setup')];
  }
  const { inspector } = looking;
  const before = await inspector.call('health', {});
  await sleep(watchMs);
  const after = await inspector.call('health', {});
  return [
    ...cpuFindings(before, after, engine?.about.cpuSets),
    ...networkFindings(after),
    ...(engine === undefined || isLab(engine) ? [] : await pathsOffered(engine, inspector)),
  ];
}

/**
 * Findings from the daemon and the kernel. They come after the second look at the CPUs, because reading them
 * loads the CPUs.
 */
async function pathsOffered(engine: Engine, inspector: Inspector): Promise<readonly DoctorFinding[]> {
  const { about } = engine;
  const machine = await inspector.call('machine', { dataRoot: about.dataRoot });
  const facts = await pathFacts(engine, machine, publishingOf(machine, about.version, inspector));
  return [publishingFinding(facts), ...pathFindings(facts)];
}

function tell(findings: readonly DoctorFinding[], { stdout, asCalled }: Outside): void {
  const say = (text: string) => stdout.write(asCalled(text));
  const indent = (text: string) => `${text.replace(/^/gm, ' '.repeat(9))}\n`;
  for (const { level, subject, message, why, hint } of findings) {
    say(`${level.padEnd(8)} ${subject}: ${message}\n`);
    if (level === 'ok') continue;
    say(indent(`Why it matters: ${why}.`));
    if (hint !== undefined) say(indent(hint));
  }
}
