import { buildReportModel } from '../../reports/analysis/build-report-model.ts';
import { Teardown } from '../../runtime/teardown.ts';
import { ordersOf } from '../collect/orders.ts';
import { tellLeftovers } from '../commands/engine/beside-others.ts';
import { engineForOne } from '../commands/engine/engine-for-one.ts';
import { assertFit } from '../commands/engine/fitness.ts';
import { labImage } from '../commands/engine/lab-image.ts';
import { engineAccess, openEngine } from '../commands/engine/open-engine.ts';
import { machineOf } from '../commands/engine/this-machine.ts';
import { assertWritable, wantedSubnet } from '../commands/places.ts';
import { type Measuring, measureOn, stageFor } from '../commands/run/measure.ts';
import type { Made } from '../model/calibration.ts';
import type { Environment } from '../model/environment.ts';
import { Failure } from '../model/failure.ts';
import { throwIfInterrupted } from '../model/go-on.ts';
import type { Plan } from '../model/plan.ts';
import { present } from '../model/present.ts';
import type { Deployed, Stage } from '../model/stage.ts';
import type { RunStop } from '../model/stopping.ts';
import type { Summary } from '../model/summary.ts';
import { type Outside, outputTo } from '../outside.ts';
import { readRunFolder } from '../run-folder/read-run-folder.ts';
import { newRunId } from '../run-folder/run-id.ts';
import { scheduledRounds } from '../schedule/schedule.ts';

interface SessionRun {
  readonly directory: string;
  readonly summary: Summary;
  /** The end of a run that stops by itself. */
  readonly stop?: RunStop;
  /** Time from the start of its stage until nothing of it was left. */
  readonly seconds: number;
}

/**
 * Several runs, one after another, on an engine on which no other process measures. Each run has a separate
 * stage.
 */
export interface Session extends AsyncDisposable {
  /**
   * @param differently the differences from a run of the command line.
   * @throws {Failure} of the run, or `interrupted`.
   */
  run(
    plan: Plan,
    differently?: Pick<Measuring, 'serve' | 'wakefulAgents' | 'beforeClear'>,
  ): Promise<SessionRun>;
  /** The place of a check, from the last run or round of this session. @throws {Error} there was none. */
  made(): Made;
  /** A plan's servers, deployed afresh in each of some rounds, for another client to measure. */
  standing(
    plan: Plan,
    rounds: number,
    use: (deployed: readonly Deployed[], stage: Stage, round: number) => Promise<void>,
  ): Promise<void>;
}

/** @param results where the run folders go. They stay, so that every figure can be checked. */
export async function openSession(outside: Outside, results: string): Promise<Session> {
  const { clock } = outside;
  const subnet = wantedSubnet({}, outside);
  await assertWritable(results);
  const access = engineAccess({}, outside, { interrupted: outside.catchInterrupts() });
  await using opened = new Teardown();
  const open = await openEngine(outside, access);
  opened.defer(async () => open[Symbol.asyncDispose]());
  assertFit(open.engine.about);
  await tellLeftovers(open.engine, access.say);
  const nextRunId = () => newRunId(() => clock.now(), outside.random);
  const alone = await engineForOne(open.engine, nextRunId(), outside, access, false);
  opened.defer(async () => alone[Symbol.asyncDispose]());
  const image = await labImage(open, outside, access);
  const teardown = opened.move();
  const quiet: Outside = { ...outside, stderr: silent };
  let environment: Environment | undefined;
  return {
    made() {
      if (environment === undefined) throw new Error('nothing was measured in this session');
      return { at: clock.now().toISOString(), machine: machineOf(environment) };
    },
    async run(plan, differently = {}) {
      const startedAt = clock.monotonicSeconds();
      const measuring = { results, subnet, startedAt, access, ...differently };
      const { directory, collected } = await measureOn(
        open.engine,
        image.tag,
        nextRunId(),
        plan,
        measuring,
        quiet,
      );
      const seconds = clock.monotonicSeconds() - startedAt;
      if (collected.failure !== undefined) throw collected.failure;
      if (collected.state === 'partial') throw new Failure('interrupted', 'interrupted by the user');
      const { summary } = buildReportModel(await readRunFolder(directory));
      environment = summary.environment;
      const { stop } = collected;
      return { directory, summary, seconds, ...present({ stop }) };
    },
    async standing(plan, rounds, use) {
      const runId = nextRunId();
      const from = { engine: open.engine, image: image.tag, runId, plan: { ...plan, rounds }, subnet };
      const fitted = await stageFor(from, quiet);
      await using stage = fitted.stage;
      environment = stage.environment;
      for (const round of scheduledRounds(fitted.plan)) {
        throwIfInterrupted(access.interrupted);
        await stage.exchangeCpus(round.exchanged);
        const outcomes = await stage.deploy(ordersOf(round, fitted.plan));
        const deployed = outcomes.map((outcome) => {
          if (!outcome.ok) throw outcome.error;
          return outcome.deployed;
        });
        await use(deployed, stage, round.round);
        await stage.clear();
      }
    },
    [Symbol.asyncDispose]: () => teardown[Symbol.asyncDispose](),
  };
}

/** Many runs would report the same again and again. */
const silent = outputTo(() => {}, { isTerminal: false, columns: 80, color: false });
