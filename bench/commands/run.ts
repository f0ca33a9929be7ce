import { join } from 'node:path';
import { renderSummaryJson } from '../../reports/json.ts';
import { renderTerminal } from '../../reports/terminal.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { startLab } from '../../runtime/lab/start-lab.ts';
import { labelsOf, ownerState, runLabel, thisProcess } from '../../runtime/labels.ts';
import { machineCommander } from '../../runtime/machine/command.ts';
import { aptPackages } from '../../runtime/machine/packages.ts';
import { loadAgent } from '../agent/client.ts';
import { type CommandRunner, versionOf } from '../cli.ts';
import { type Collected, collect } from '../collect/collect.ts';
import { exitCodes, Failure, messageOf } from '../model/failure.ts';
import { goOn } from '../model/go-on.ts';
import type { Lab } from '../model/lab.ts';
import { parsePathId, type Vantage } from '../model/path.ts';
import type { Plan } from '../model/plan.ts';
import { type Run, schemaVersion } from '../model/run.ts';
import type { Summary } from '../model/summary.ts';
import { type Outside, wantsColor } from '../outside.ts';
import { planCommand } from '../plan/plan-command.ts';
import { planDuration } from '../plan/plan-duration.ts';
import { planWarnings } from '../plan/plan-warnings.ts';
import { createRunFolder } from '../run-folder/run-folder.ts';
import { newRunId } from '../run-folder/run-id.ts';
import { schedule } from '../schedule/schedule.ts';
import { beforeMeasuring } from './before-measuring.ts';
import { assertFit, assertUserlandProxy } from './fitness.ts';
import { labImage } from './lab-image.ts';
import { answerSeconds, type EngineAccess, openEngine } from './open-engine.ts';
import { assertWritable, given, resultsDirectory } from './places.ts';
import { planHead } from './plan-text.ts';
import { plannedBy } from './planned.ts';
import { progressLine } from './progress-line.ts';
import { tellWarnings } from './tell-warnings.ts';
import { writeReports } from './write-reports.ts';

/**
 * `bench run`:
 *
 *   plan → engine → fit? → lab image → [ lab → run folder → collect → lab gone ] → engine given back
 *        → read the folder → reports → exit code
 *
 * The report is made from the folder, as `bench report` would: what cannot be read back was not measured.
 */
export const run: CommandRunner = async ({ flags }, outside) => {
  const startedAt = outside.clock.monotonicSeconds();
  const say = (line: string) => outside.stderr.write(`${line}\n`);
  const plan = await plannedBy(flags, outside);
  tellWarnings(planWarnings(plan), outside.stderr);
  const interrupted = outside.catchInterrupts();
  const access: EngineAccess = {
    commander: machineCommander,
    say,
    userlandProxy: plan.userlandProxy,
    interrupted,
    ...(flags['setup'] === true ? { packages: aptPackages(machineCommander, say) } : {}),
  };
  const results = resultsDirectory(flags, outside);
  await assertWritable(results);
  const subnet = given(flags, 'subnet', outside);

  const measuring = { results, subnet, startedAt, access };
  const { directory, collected } = await measure(plan, measuring, outside);

  const model = await writeReports(directory, outside.installation);
  const { stdout } = outside;
  if (flags['json'] === true) stdout.write(renderSummaryJson(model));
  else stdout.write(renderTerminal(model, { width: stdout.columns, color: wantsColor(stdout, outside.env) }));
  say(`\nreport: ${join(directory, 'report.html')}`);
  return exitCodeOf(collected, model.summary, outside);
};

interface Measuring {
  readonly results: string;
  readonly subnet: string | undefined;
  readonly startedAt: number;
  readonly access: EngineAccess;
}

/** Everything that touches the machine. When this returns, nothing of it is left but the run folder. */
async function measure(
  plan: Plan,
  { results, subnet, startedAt, access }: Measuring,
  outside: Outside,
): Promise<{ readonly directory: string; readonly collected: Collected }> {
  const { clock, stderr } = outside;
  const { interrupted } = access;
  await using open = await beforeMeasuring(() => openEngine(outside, access));
  const { engine } = open;
  const image = await beforeMeasuring(async () => {
    goOn(interrupted);
    assertFit(engine.about);
    await assertAlone(engine);
    return labImage(engine, outside, access);
  });
  goOn(interrupted);

  const duration = planDuration(plan);
  stderr.write(
    `engine ${engine.about.version} (${engine.about.endpoint}), ${image.tag}\n${planHead(plan, duration)}`,
  );

  const runId = newRunId(() => clock.now(), outside.random);
  const owner = await thisProcess();
  const progress = progressLine(stderr, clock, duration.totalSeconds);
  const lab = await beforeMeasuring(() =>
    startLab({
      engine,
      image: image.tag,
      runId,
      labels: labelsOf(runId, owner),
      vantages: vantagesOf(plan),
      ...(subnet === undefined ? {} : { subnet }),
      benchVersion: versionOf(outside.installation),
      connectAgent: loadAgent,
      answerSeconds: answerSeconds(outside),
    }),
  );

  try {
    assertUserlandProxy(plan, lab.environment);
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
  let collected: Collected;
  await using folder = await createRunFolder(results, runId).catch(async (error: unknown) => {
    await lab[Symbol.asyncDispose]();
    throw error;
  });
  const record: Run = {
    schemaVersion,
    runId,
    state: 'running',
    startedAt: clock.now().toISOString(),
    command: planCommand(plan),
    plan,
    environment: lab.environment,
  };
  try {
    await folder.writeRun(record);
    collected = await collect({
      plan,
      schedule: schedule(plan),
      lab,
      recorder: folder,
      clock,
      progress,
      signal: interrupted,
    });
  } finally {
    progress.end();
    await removed(lab, outside);
  }
  await folder.finish({
    state: collected.state,
    ...(collected.reason === undefined ? {} : { stateReason: collected.reason }),
    endedAt: clock.now().toISOString(),
    environment: lab.environment,
    timing: {
      totalSeconds: clock.monotonicSeconds() - startedAt,
      slicesSeconds: collected.slicesSeconds,
    },
  });
  return { directory: folder.directory, collected };
}

/** Two measurements at once would measure each other. */
async function assertAlone(engine: Engine): Promise<void> {
  for (const { name, labels } of await engine.containers(runLabel)) {
    if ((await ownerState(labels)) !== 'alive') continue;
    throw new Failure(
      'unfit',
      `another bench run (${labels[runLabel]}) is measuring on this engine: ${name}`,
      {
        hint: 'Wait until it has ended: two at once would measure each other.',
      },
    );
  }
}

/** The engine may be gone when the lab is torn down: say so, and go on to the report. */
async function removed(lab: Lab, { stderr }: Outside): Promise<void> {
  try {
    await lab[Symbol.asyncDispose]();
  } catch (error) {
    stderr.write(`bench: not all could be removed: ${messageOf(error)}\n`);
    stderr.write('  When the engine answers again, remove what is left with: bench clean\n');
  }
}

function vantagesOf(plan: Plan): readonly Vantage[] {
  const paths = plan.comparisons.map(({ baseline }) => parsePathId(baseline));
  return [...new Set(paths.flatMap((path) => (path === undefined ? [] : [path.vantage])))];
}

/** A case that has not one slice that counts says nothing: it failed, whatever the reason. */
function exitCodeOf(collected: Collected, summary: Summary, outside: Outside): number {
  if (collected.failure !== undefined) {
    outside.stderr.write(`bench: the run ended early: ${collected.failure.message}\n`);
    if (collected.failure.hint !== undefined) outside.stderr.write(`  ${collected.failure.hint}\n`);
    return exitCodes.partial;
  }
  if (collected.state === 'partial') return exitCodes.interrupted;
  const silent = summary.cases.some(({ slices }) => slices.completed === 0);
  if (!silent && collected.failedSlices === 0) return exitCodes.ok;
  const why = new Set(['failed-slices', 'unmeasured-case', 'evidence-contradicted', 'invalid-slices']);
  tellWarnings(
    summary.warnings.filter(({ code }) => why.has(code)),
    outside.stderr,
  );
  outside.stderr.write('bench: not every case could be measured\n');
  return exitCodes.casesFailed;
}
