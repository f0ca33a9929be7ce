import { declaredPrecisions, widestDeclared } from '../../../reports/analysis/declared-precision.ts';
import { companionStarter } from '../../../runtime/compose/companions.ts';
import type { ComposedApp } from '../../../runtime/compose/composed-app.ts';
import type { Engine } from '../../../runtime/engine/engine.ts';
import { labelsOf } from '../../../runtime/labels.ts';
import { thisProcess } from '../../../runtime/owner.ts';
import { engineFacts } from '../../../runtime/stage/path-facts.ts';
import type { StageOptions } from '../../../runtime/stage/start-stage.ts';
import { startStage } from '../../../runtime/stage/start-stage.ts';
import { loadAgent } from '../../agent/client.ts';
import { team } from '../../agent/team.ts';
import { type BeforeClear, type Collected, collect } from '../../collect/collect.ts';
import { stopRule } from '../../collect/stop-rule.ts';
import { surveyService } from '../../collect/survey-service.ts';
import type { Copied } from '../../model/described.ts';
import { Failure, messageOf } from '../../model/failure.ts';
import { throwIfInterrupted } from '../../model/go-on.ts';
import type { Plan } from '../../model/plan.ts';
import { present } from '../../model/present.ts';
import type { Request } from '../../model/request.ts';
import type { Route } from '../../model/route.ts';
import { type Run, schemaVersion } from '../../model/run.ts';
import { healthChecked } from '../../model/service-surprises.ts';
import { sharedPinningWarning } from '../../model/shared-pinning.ts';
import type { Stage } from '../../model/stage.ts';
import { unguardedIn } from '../../model/unguarded.ts';
import { unlessLate } from '../../model/unless-late.ts';
import type { Warning } from '../../model/warning.ts';
import type { Outside } from '../../outside.ts';
import { offeredBy } from '../../plan/offered.ts';
import { planCommand } from '../../plan/plan-command.ts';
import { planDuration } from '../../plan/plan-duration.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { createRunFolder, type RunEnd, type RunFolder } from '../../run-folder/run-folder.ts';
import { newRunId } from '../../run-folder/run-id.ts';
import { scheduledRounds } from '../../schedule/schedule.ts';
import { asUnfit } from '../before-measuring.ts';
import { versionOf } from '../command.ts';
import { tellLeftovers } from '../engine/beside-others.ts';
import { engineForOne } from '../engine/engine-for-one.ts';
import { assertCpusFor, assertFit, fitted, withoutIdleExchange } from '../engine/fitness.ts';
import { labImage } from '../engine/lab-image.ts';
import { answerSeconds, type EngineAccess, openEngine } from '../engine/open-engine.ts';
import { serviceImageOf } from '../engine/service-image.ts';
import { needsOf, routesOf } from '../plan/plan-needs.ts';
import { planHead } from '../plan/plan-text.ts';
import { tellWarnings } from '../tell-warnings.ts';
import { progressLine } from './progress-line.ts';

/** The destination of a measurement, and what it may use. */
export interface Measuring {
  readonly results: string;
  readonly subnet: string | undefined;
  /** Let the run's link and bridges through the host's firewall. */
  readonly openFirewall?: boolean;
  /**
   * Keep other hosts and processes from the servers by a table of the run's own in the host's firewall; true
   * when absent.
   */
  readonly guard?: boolean;
  readonly startedAt: number;
  readonly access: EngineAccess;
  /** Wait for a run that measures on the engine already, instead of refusing. */
  readonly wait?: boolean;
  /** Id of the image of the user's service. */
  readonly serviceImage?: string;
  /** The user's service and those that it needs, from a Compose file. */
  readonly composed?: ComposedApp;
  /** The container that the user's service is a copy of. */
  readonly copied?: Copied;
  /** Values of the headers that the plan's requests only name. */
  readonly secretHeaders?: Request['headers'];
  /** How servers are started, if not in the way of the lab image. */
  readonly serve?: StageOptions['serve'];
  /** Agents that never sleep while an answer is awaited. */
  readonly wakefulAgents?: boolean;
  /** Called at the end of each round, while its servers still run. */
  readonly beforeClear?: BeforeClear;
}

interface Measurement {
  readonly directory: string;
  /** Also partial where the end of the run could not be written to run.json. */
  readonly collected: Collected;
}

/**
 * Everything of a run that touches the machine:
 *
 *   engine → fit? → nobody else measures → lab image → [ stage → run folder → collect → stage gone ] → engine given back
 *
 * When this returns, nothing of it is left but the run folder.
 */
export async function measure(plan: Plan, measuring: Measuring, outside: Outside): Promise<Measurement> {
  const { access } = measuring;
  const { interrupted } = access;
  await using open = await asUnfit(() => openEngine(outside, access));
  const { engine } = open;
  const runId = newRunId(() => outside.clock.now(), outside.random);
  const offered = await asUnfit(async () => {
    throwIfInterrupted(interrupted);
    assertFit(engine.about);
    assertCpusFor(plan, engine.about);
    await tellLeftovers(engine, access.say);
    // The engine alone shows some obstacles. They are reported before an image is built in vain.
    return offeredBy(await engineFacts(engine), plan, 'unfit');
  });
  await using _alone = await asUnfit(() =>
    engineForOne(engine, runId, outside, access, measuring.wait === true),
  );
  const image = await asUnfit(() => labImage(open, outside, access));
  const serviceImage = await asUnfit(() => serviceImageOf(plan, open, outside, access, measuring.composed));
  // Awaited here: the engine is given back when this function returns.
  const given = { ...measuring, ...present({ serviceImage }) };
  return await measureOn(engine, image.tag, runId, offered, given, outside);
}

/**
 * The same for several runs one after another, on an engine that this command has for itself, with its lab
 * image.
 */
export async function measureOn(
  engine: Engine,
  image: string,
  runId: string,
  asked: Plan,
  measuring: Measuring,
  outside: Outside,
): Promise<Measurement> {
  const { clock, stderr } = outside;
  const { results, subnet, openFirewall, guard, startedAt, access, serve, serviceImage, composed, copied } =
    measuring;
  const { wakefulAgents, beforeClear, secretHeaders } = measuring;
  const { interrupted } = access;
  throwIfInterrupted(interrupted);

  stderr.write(`engine ${engine.about.version} (${engine.about.endpoint}), ${image}\n`);
  const { stage, plan: fitting } = await stageFor(
    {
      engine,
      image,
      runId,
      plan: asked,
      subnet,
      serve,
      ...present({ openFirewall, guard, serviceImage, composed, copied, secretHeaders }),
      access,
    },
    outside,
  );
  const plan = withoutIdleExchange(fitting, stage.environment);
  const { pinning } = stage.environment;
  if (pinning.kind === 'shared') tellWarnings([sharedPinningWarning(pinning)], stderr);
  tellWarnings(unguardedIn(stage.environment), stderr);
  const duration = planDuration(plan);
  const head = planHead(plan, duration);
  // The owner of a running container reads what it will get before it gets anything.
  const isRunning = plan.service?.running !== undefined;
  if (isRunning) stderr.write(head);
  const surprises = await surveyed(plan, stage, engine, outside);
  if (!isRunning) stderr.write(head);
  const progress = progressLine(stderr, clock, duration, plan.stopping);
  let collected: Collected;
  await using folder = await createRunFolder(results, runId, outside.disk).catch(async (error: unknown) => {
    await stage[Symbol.asyncDispose]();
    throw error;
  });
  const record: Run = {
    schemaVersion,
    runId,
    state: 'running',
    startedAt: clock.now().toISOString(),
    command: planCommand(plan),
    plan,
    environment: stage.environment,
    ...(surprises.length === 0 ? {} : { surprises: [...surprises] }),
  };
  const look = async () => widestDeclared(declaredPrecisions(await readRunFolder(folder.directory)));
  const enough = stopRule(plan, look, progress.look);
  try {
    await folder.writeRun(record);
    collected = await collect({
      plan,
      schedule: scheduledRounds(plan),
      stage: stage,
      recorder: folder,
      clock,
      progress,
      ...present({ enough, wakefulAgents, beforeClear }),
      signal: interrupted,
    });
  } finally {
    progress.end();
    await removed(stage, interrupted, outside);
  }
  const end: RunEnd = {
    state: collected.state,
    ...present({ stateReason: collected.reason, stop: collected.stop }),
    endedAt: clock.now().toISOString(),
    environment: stage.environment,
    ...present({ foreign: collected.foreign, jitter: collected.jitter }),
    ...collected.timedOnce,
    timing: {
      totalSeconds: clock.monotonicSeconds() - startedAt,
      slicesSeconds: collected.slicesSeconds,
    },
  };
  return { directory: folder.directory, collected: await recorded(folder, end, collected) };
}

/** Asks the user's service what bench must know of it. What is unusual is said before the first round. */
async function surveyed(
  plan: Plan,
  stage: Stage,
  engine: Pick<Engine, 'healthCheckSeconds'>,
  { stderr }: Pick<Outside, 'stderr'>,
): Promise<readonly Warning[]> {
  const { service } = plan;
  if (service === undefined) return [];
  try {
    if (stage.environment.engine.endpoint === 'lab') {
      stderr.write('the lab has no way out while it measures: what the service calls must be beside it\n');
    }
    const { image } = service;
    const checkSeconds = await asUnfit(() =>
      engine.healthCheckSeconds(stage.environment.serviceImage ?? image),
    );
    const seen = await asUnfit(() => surveyService(plan, stage));
    const surprises = [...(checkSeconds === undefined ? [] : [healthChecked(image, checkSeconds)]), ...seen];
    tellWarnings(surprises, stderr);
    return surprises;
  } catch (error) {
    await stage[Symbol.asyncDispose]();
    throw error;
  }
}

/** Records how a run ended. A run whose end cannot be recorded is partial; the first failure stays its reason. */
export async function recorded(
  folder: Pick<RunFolder, 'finish'>,
  end: RunEnd,
  collected: Collected,
): Promise<Collected> {
  try {
    await folder.finish(end);
    return collected;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return {
      ...collected,
      state: 'partial',
      reason: collected.reason ?? error.message,
      failure: collected.failure ?? error,
    };
  }
}

/** @param directory the run folder, with what was measured until then. */
export function endedEarly(failure: Failure, directory: string): Failure {
  const kept = `The data measured before is in ${directory}.`;
  return new Failure('partial', `the run ended early: ${failure.message}`, {
    hint: failure.hint === undefined ? kept : `${failure.hint}\n${kept}`,
    cause: failure,
  });
}

interface StageFor {
  readonly engine: Engine;
  readonly image: string;
  readonly runId: string;
  readonly plan: Plan;
  readonly subnet?: string | undefined;
  readonly openFirewall?: boolean;
  readonly guard?: boolean;
  readonly serve?: StageOptions['serve'] | undefined;
  readonly serviceImage?: string;
  readonly composed?: ComposedApp;
  readonly copied?: Copied;
  readonly secretHeaders?: Request['headers'];
  /** What starting the other services of a Compose file needs. */
  readonly access?: Pick<EngineAccess, 'commander' | 'interrupted' | 'say'>;
}

/** A stage, and the part of the plan that can be measured there. */
interface FittedStage {
  readonly stage: Stage;
  readonly plan: Plan;
}

/** Everything that a plan's deployments need, set up. */
export async function stageFor(
  {
    engine,
    image,
    runId,
    plan: asked,
    subnet,
    openFirewall = false,
    guard = true,
    serve,
    serviceImage,
    composed,
    copied,
    secretHeaders,
    access,
  }: StageFor,
  outside: Outside,
): Promise<FittedStage> {
  const owner = await thisProcess();
  let plan = asked;
  const stage = await asUnfit(() =>
    startStage({
      engine,
      image,
      runId,
      labels: labelsOf(runId, owner),
      ...requirements(asked),
      fit(facts) {
        plan = fitted(asked, facts);
        return requirements(plan);
      },
      ...present({ subnet }),
      openFirewall,
      guard,
      benchVersion: versionOf(outside.installation),
      connectAgent: (channel, patienceSeconds) => loadAgent(channel, patienceSeconds, secretHeaders),
      ...(asked.agents === undefined ? {} : { sharing: { agents: asked.agents, join: team } }),
      caller: {
        env: outside.env,
        directory: outside.directory,
        described: (composed ?? copied)?.environment ?? {},
      },
      ...present({ serve, serviceImage }),
      ...present({ existing: asked.service?.running?.container }),
      ...(composed === undefined || access === undefined
        ? {}
        : { companions: companionStarter(composed, { engine, ...access }) }),
      answerSeconds: answerSeconds(outside),
    }),
  );
  return { stage: stage, plan };
}

/** The needs of a plan's paths from the stage. */
function requirements(plan: Plan): Pick<StageOptions, 'needs' | 'mapTo'> {
  const mapped = routesOf(plan).filter(isMapped);
  const needs = needsOf(plan);
  return plan.mapTo === undefined || mapped.length === 0
    ? { needs }
    : { needs, mapTo: { container: plan.mapTo, routes: mapped } };
}

/**
 * How long the clean-up may take after an interrupt, in seconds. The report is still to be written after it.
 */
const removingSeconds = 4;

/**
 * The engine may no longer answer when the stage is torn down. That is reported, and the report is still
 * made.
 */
async function removed(stage: Stage, interrupted: AbortSignal, { errors }: Outside): Promise<void> {
  const removing = Promise.resolve(stage[Symbol.asyncDispose]()).then(() => true);
  try {
    if ((await unlessLate(removing, interrupted, removingSeconds)) !== true)
      throw new Error('the engine did not answer in time');
  } catch (error) {
    errors.write(`bench: the clean-up is incomplete: ${messageOf(error)}\n`);
    errors.write('  When the engine answers again, finish it with: bench clean\n');
  }
}

function isMapped({ server }: Route): boolean {
  return server.kind === 'mapped';
}
