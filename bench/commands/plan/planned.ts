import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { type ComposedApp, readComposed } from '../../../runtime/compose/composed-app.ts';
import { copiedContainer } from '../../../runtime/copy/copied-container.ts';
import { runningContainer } from '../../../runtime/copy/running-container.ts';
import { machineCommander } from '../../../runtime/machine/command.ts';
import type { Copied, Running } from '../../model/described.ts';
import { Failure } from '../../model/failure.ts';
import type { Plan } from '../../model/plan.ts';
import { present } from '../../model/present.ts';
import type { Warning } from '../../model/warning.ts';
import type { Outside } from '../../outside.ts';
import { readConfig } from '../../plan/config-file.ts';
import { isOwnPlan } from '../../plan/named-plans.ts';
import { offeredAnyway } from '../../plan/offered.ts';
import { type PlanOptionKey, planOptionKeys } from '../../plan/options.ts';
import { type GivenSources, type PlanLayers, planLayers } from '../../plan/plan-layers.ts';
import { composeAsked, containerAsked, resolvePlan } from '../../plan/resolve-plan.ts';
import { type HeaderValues, secretHeaderValues } from '../../plan/secret-headers.ts';
import { type ValueSource, valueSources } from '../../plan/value-sources.ts';
import { wantsLab } from '../engine/engine-choice.ts';
import { resultsDirectory, wantedSubnet } from '../places.ts';
import { tellWarnings } from '../tell-warnings.ts';

/** What a run needs besides its plan: values that no plan has, and what the machine's flags say. */
interface BesidePlan {
  /** Values of the headers that the plan's requests only name. */
  readonly secretHeaders: HeaderValues;
  /** The container that the plan's service is a copy of. */
  readonly copied?: Copied;
  /** The plan's service and those that it needs, where a Compose file describes them. */
  readonly composed?: ComposedApp;
  readonly subnet: string | undefined;
  readonly openFirewall: boolean;
  readonly guard: boolean;
  readonly wait: boolean;
  /** Whether the packages of an engine may be installed. */
  readonly install: boolean;
}

/** All that a command line asks of a run, checked as far as that is possible without an engine. */
interface Planned extends BesidePlan {
  readonly plan: Plan;
  /** The plan that was chosen by its name. */
  readonly chosen: PlanLayers['chosen'];
  /** Where each value of the plan comes from. */
  readonly sources: readonly ValueSource[];
  readonly results: string;
}

/**
 * What `run` does and `plan` foretells: flags, then BENCH_… variables, then the plan chosen by its name, then
 * bench.config.*, then defaults. What one of them refuses, the other refuses as well.
 * @throws {Failure} usage
 */
export async function plannedBy(flags: Flags, outside: Outside): Promise<Planned> {
  const given = await sourcesFor(flags, outside);
  const leftOut = new Set<PlanOptionKey>();
  const note = (warning: Warning, key: PlanOptionKey) => {
    leftOut.add(key);
    tellWarnings([warning], outside.stderr);
  };
  const layers = planLayers(given);
  const composed = await composedFor(composeAsked(layers), outside);
  const { copied, running } = await containerFor(containerAsked(layers), flags, outside);
  const described = present({ composed, copied });
  const read = { ...given, ...described, ...present({ running }), note };
  const plan = offeredAnyway(resolvePlan(read, outside.random));
  const machine = ofMachine(flags, running, outside);
  const secretHeaders = secretsFor(plan, layers, outside);
  tellWarnings(passedOver(layers), outside.stderr);
  return {
    plan,
    secretHeaders,
    ...described,
    chosen: layers.chosen,
    sources: valueSources(plan, layers, leftOut),
    results: resultsDirectory(flags, outside),
    ...machine,
  };
}

/**
 * What a plan that was measured before needs besides itself. The plan is not resolved again, so that no option that is given
 * today contradicts it: what it names, such as the services of a Compose file, is looked up.
 *
 * Values of secret headers are in no plan. They are where `bench run` finds them, but for its flags: the variables, the plan
 * that was chosen, the config.
 * @param flags those of the machine.
 * @throws {Failure} usage, as `plannedBy`; or what it names is not there any more.
 */
export async function plannedAgain(plan: Plan, flags: Flags, outside: Outside): Promise<BesidePlan> {
  const { name, service: { compose, copy, running: measured } = {} } = plan;
  const { container } = copy ?? measured ?? {};
  const composed = await composedFor(compose, outside);
  const asked = container === undefined ? undefined : { container, copy: copy !== undefined };
  const { copied, running } = await containerFor(asked, flags, outside);
  const given = await sourcesFor({}, outside);
  const isKnown = name !== undefined && (isOwnPlan(name) || Object.hasOwn(given.config?.plans ?? {}, name));
  const layers = planLayers(isKnown ? { ...given, flags: { plan: name } } : given);
  return {
    secretHeaders: secretsFor(plan, layers, outside),
    ...present({ composed, copied }),
    ...ofMachine(flags, running, outside),
  };
}

type Flags = Readonly<Record<string, unknown>>;

async function sourcesFor(flags: Flags, { directory, env }: Outside): Promise<GivenSources> {
  const found = await readConfig(directory);
  return { flags, env, ...(found && { config: found.config, configFile: basename(found.file) }) };
}

/** @throws {Failure} usage: a variable is missing. */
function secretsFor({ request }: Plan, { layers }: PlanLayers, { env }: Outside): HeaderValues {
  const { secrets = {} } = layers.find(({ options }) => options.headers !== undefined) ?? {};
  return secretHeaderValues(request ?? {}, secrets, env);
}

/** What the flags and variables of the machine say. @throws {Failure} usage */
function ofMachine(flags: Flags, running: Running | undefined, outside: Outside) {
  if (running !== undefined && flags['openFirewall'] === true) throw openedForRunning(running);
  return {
    subnet: wantedSubnet(flags, outside),
    openFirewall: flags['openFirewall'] === true,
    // A guard would keep the container's own clients from it.
    guard: running === undefined && flags['guard'] !== false,
    wait: flags['wait'] === true,
    install: flags['setup'] === true,
  };
}

/** Reads a Compose file. @throws {Failure} it is not there, Compose is not, or bench cannot keep what it says. */
async function composedFor(
  asked: { readonly file: string; readonly service: string } | undefined,
  { directory, env }: Outside,
): Promise<ComposedApp | undefined> {
  if (asked === undefined) return undefined;
  const { file, service } = asked;
  const path = resolve(directory, file);
  if (!(await isFile(path))) {
    throw new Failure('usage', `--compose ${file}: there is no such file`, {
      hint: `Looked for: ${path}. Name the file itself, such as --compose compose.yaml.`,
    });
  }
  return readComposed(machineCommander, { file: path, service, env });
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true;
}

/**
 * Looks at the container that is to be copied, or measured itself.
 * @throws {Failure} its engine does not answer, or the container does not suit.
 */
async function containerFor(
  asked: { readonly container: string; readonly copy: boolean } | undefined,
  flags: Flags,
  outside: Outside,
): Promise<{ readonly copied?: Copied; readonly running?: Running }> {
  if (asked === undefined) return {};
  const { container, copy } = asked;
  if (wantsLab(flags, outside)) {
    throw new Failure(
      'usage',
      `--container ${container}: a lab is an engine of its own, without your containers`,
      {
        hint: 'Leave out --lab.',
      },
    );
  }
  // The engine's client is a heavy library, which no other plan needs.
  const { engineOfTheUser } = await import('../engine/open-engine.ts');
  const { engine } = await engineOfTheUser(outside);
  return copy
    ? { copied: await copiedContainer(engine, container) }
    : { running: await runningContainer(engine, container) };
}

function openedForRunning({ container }: Running): Failure {
  return new Failure(
    'usage',
    `--open-firewall changes the firewall, and --container ${container} is measured without a change of its network`,
    {
      hint: 'Leave it out. A path that the firewall stops is left out by --path with the others.',
    },
  );
}

/** A user does not see what a plan of bench's own sets: what it passes over in the config is said. */
function passedOver({ layers, chosen }: PlanLayers): readonly Warning[] {
  const config = layers.find(({ kind }) => kind === 'config');
  if (chosen === undefined || chosen.isUsers || config === undefined) return [];
  const passed = Object.keys(chosen.values).filter((key) => key in config.options);
  const [first, ...others] = planOptionKeys.filter((key) => passed.includes(key)).map(config.nameOf);
  if (first === undefined) return [];
  return [
    {
      code: 'setting-left-out',
      message: `${[first, ...others].join(', ')}: the plan ${chosen.name} comes before it`,
      hint: 'Give it as a flag, or write a plan of your own: plans: in the config.',
    },
  ];
}
