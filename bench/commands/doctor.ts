import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import type { Engine } from '../../runtime/engine/engine.ts';
import { imageTag } from '../../runtime/image/inputs.ts';
import { runLabel } from '../../runtime/labels.ts';
import { machineCommander } from '../../runtime/machine/command.ts';
import type { CommandRunner } from '../cli.ts';
import { exitCodes, Failure } from '../model/failure.ts';
import type { DoctorFinding } from './documents.ts';
import { assertFit } from './fitness.ts';
import { imageInputs } from './lab-image.ts';
import { openEngine } from './open-engine.ts';

/** How bad something is, why it matters for the numbers, and what mends it. */
type Finding = DoctorFinding;

/** Above this load a fresh measurement would measure somebody else's work, per CPU. */
const busyLoadPerCpu = 0.3;

/** `bench doctor`: whether this machine and its engine fit. Exit 3 if not. */
export const doctor: CommandRunner = async ({ flags }, outside) => {
  const findings: Finding[] = [];
  const interrupted = outside.catchInterrupts(); // short, and a private engine is to be given back
  try {
    await using open = await openEngine(outside, {
      commander: machineCommander,
      say: (line) => outside.stderr.write(`${line}\n`),
      interrupted,
    });
    findings.push(...(await engineFindings(open.engine, outside.installation)));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    findings.push(failed('engine', error));
  }
  findings.push(...(await machineFindings()));

  if (flags['json'] === true) {
    outside.stdout.write(`${JSON.stringify({ findings }, null, 2)}\n`);
  } else {
    for (const { level, subject, message, hint } of findings) {
      outside.stdout.write(`${level.padEnd(8)} ${subject}: ${message}\n`);
      if (hint !== undefined) outside.stdout.write(`${hint.replace(/^/gm, ' '.repeat(9))}\n`);
    }
  }
  return findings.some(({ level }) => level === 'error') ? exitCodes.unfit : exitCodes.ok;
};

async function engineFindings(engine: Engine, installation: string): Promise<readonly Finding[]> {
  const { about } = engine;
  const findings: Finding[] = [
    {
      level: 'ok',
      subject: 'engine',
      message: `${about.version}, API ${about.apiVersion}, ${about.operatingSystem}, cgroup v${about.cgroupVersion} (${about.endpoint}: ${about.address})`,
    },
  ];
  try {
    assertFit(about);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    findings.push(failed('engine', error));
  }
  const tag = await imageTag(await imageInputs(installation, machineCommander));
  findings.push(
    (await engine.imageExists(tag))
      ? { level: 'ok', subject: 'lab image', message: tag }
      : {
          level: 'warning',
          subject: 'lab image',
          message: `${tag} is not built yet: the next run builds it (about a minute)`,
          hint: 'Build it now with: bench setup',
        },
  );
  const others = (await engine.containers()).filter(
    ({ labels, running }) => running && labels[runLabel] === undefined,
  );
  findings.push(
    others.length === 0
      ? { level: 'ok', subject: 'other containers', message: 'none runs' }
      : {
          level: 'warning',
          subject: 'other containers',
          message: `${others.length} run now (${others.map(({ name }) => name).join(', ')}): their work widens the intervals`,
          hint: 'Stop those that you can spare while measuring. bench does not touch them.',
        },
  );
  return findings;
}

async function machineFindings(): Promise<readonly Finding[]> {
  const cpus = (await text('/proc/cpuinfo')).match(/^processor/gm)?.length ?? 1;
  const [load = 0] = loadavg();
  const governor = (await text('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor')).trim();
  return [
    cpus >= 2
      ? { level: 'ok', subject: 'CPUs', message: `${cpus}: servers and load agents run on different ones` }
      : {
          level: 'warning',
          subject: 'CPUs',
          message: 'one: server and load agent share it, so that each slows the other down',
          hint: 'Use a machine with two CPUs or more.',
        },
    load <= busyLoadPerCpu * cpus
      ? { level: 'ok', subject: 'load', message: `${load.toFixed(2)} in the last minute` }
      : {
          level: 'warning',
          subject: 'load',
          message: `${load.toFixed(2)} in the last minute on ${cpus} CPUs: other work widens the intervals`,
          hint: 'See what runs with: top',
        },
    ...(governor === '' || governor === 'performance'
      ? []
      : [
          {
            level: 'warning' as const,
            subject: 'CPU governor',
            message: `${governor}: the clock follows the load, which differs between latency and throughput`,
            hint: 'Fix it while measuring: cpupower frequency-set -g performance',
          },
        ]),
  ];
}

function failed(subject: string, { message, hint }: Failure): Finding {
  return { level: 'error', subject, message, ...(hint === undefined ? {} : { hint }) };
}

/** Empty where the machine has no such file. */
async function text(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
