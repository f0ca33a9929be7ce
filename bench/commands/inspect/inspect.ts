import type { ContainerSpec, Engine } from '../../../runtime/engine/engine.ts';
import { labelsOf, prefixOf } from '../../../runtime/labels.ts';
import { thisProcess } from '../../../runtime/owner.ts';
import { holderPowers } from '../../../runtime/powers.ts';
import { engineFacts } from '../../../runtime/stage/path-facts.ts';
import { createOwned } from '../../../runtime/stage/programs.ts';
import { startStage } from '../../../runtime/stage/start-stage.ts';
import { Teardown } from '../../../runtime/teardown.ts';
import { loadAgent } from '../../agent/client.ts';
import { exitCodes } from '../../model/failure.ts';
import { throwIfInterrupted } from '../../model/go-on.ts';
import { routeFor } from '../../model/network-modes.ts';
import { whatStops } from '../../model/obstacles.ts';
import { type Path, pathId } from '../../model/path.ts';
import type { PathFacts } from '../../model/path-facts.ts';
import { present } from '../../model/present.ts';
import type { DeploymentOrder, DeployOutcome } from '../../model/stage.ts';
import type { Outside } from '../../outside.ts';
import { notOffered } from '../../plan/offered.ts';
import { newRunId } from '../../run-folder/run-id.ts';
import { defaultPorts } from '../../schedule/schedule.ts';
import { asUnfit } from '../before-measuring.ts';
import { type CommandRunner, versionOf } from '../command.ts';
import { documentText } from '../documents.ts';
import { labImageBesideOthers } from '../engine/beside-others.ts';
import { assertFit } from '../engine/fitness.ts';
import { labImageTag } from '../engine/lab-image.ts';
import { answerSeconds, engineAccess, openEngine } from '../engine/open-engine.ts';
import { wantedSubnet } from '../places.ts';
import { chosenModes } from './chosen-modes.ts';
import type { InspectDocument, InspectedMode } from './document.ts';
import { inspectedMode, notOfferedMode } from './inspected-mode.ts';
import { renderInspect } from './render-inspect.ts';

const bodyBytes = 1024;

/**
 * `bench inspect [mode…]`:
 *
 *   engine → lab with one server in each mode → each from inside and from the host → print → all of it is removed
 *
 * The output is printed before the clean-up, so that the user does not wait for that.
 */
export const inspect: CommandRunner = async ({ flags, operands }, outside) => {
  const paths = chosenModes(operands);
  const subnet = wantedSubnet(flags, outside);
  const interrupted = outside.catchInterrupts();
  const access = engineAccess(flags, outside, { interrupted });
  const tag = labImageTag(outside);
  await using open = await openEngine(outside, access);
  const { engine } = open;
  throwIfInterrupted(interrupted);
  assertFit(engine.about);
  if (operands.length > 0) assertOffered(paths, await engineFacts(engine));
  await labImageBesideOthers(open, outside, access, tag);
  throwIfInterrupted(interrupted);

  const shown = { paths, subnet, named: operands.length > 0 };
  const document = await lookAtAll(shown, engine, await tag, outside, (seen) => {
    if (flags['json'] === true) outside.stdout.write(documentText('inspect-output', seen));
    else outside.stdout.write(renderInspect(seen, outside.stdout.columns));
  });
  return document.modes.some(({ status }) => status === 'failed') ? exitCodes.casesFailed : exitCodes.ok;
};

/** The modes to show. A mode that the user named and that cannot be shown is refused, not left out. */
interface Shown {
  readonly paths: readonly Path[];
  /** `--subnet` */
  readonly subnet: string | undefined;
  readonly named: boolean;
}

/** @param show is called as soon as everything has been seen, before it is removed. */
async function lookAtAll(
  { paths, subnet, named }: Shown,
  engine: Engine,
  image: string,
  outside: Outside,
  show: (seen: InspectDocument) => void,
): Promise<InspectDocument> {
  const runId = newRunId(() => outside.clock.now(), outside.random);
  const labels = labelsOf(runId, await thisProcess());
  const all = ordersFor(paths, outside.random);
  let split = offeredOrders(all, {}, named);
  await using owned = new Teardown();
  const askedPort = portFrom(outside.random, all.length);
  const discarding = all.some(({ route }) => route.server.kind === 'host')
    ? publishedInHostMode({ engine, name: `${prefixOf(runId)}-published`, image, labels, askedPort }, owned)
    : undefined;
  await using stage = await asUnfit(() =>
    startStage({
      engine,
      image,
      runId,
      labels,
      needs: needsOf(all),
      fit(facts) {
        split = offeredOrders(all, facts, named);
        return { needs: needsOf(split.orders) };
      },
      ...present({ subnet }),
      benchVersion: versionOf(outside.installation),
      connectAgent: loadAgent,
      answerSeconds: answerSeconds(outside),
    }),
  );
  const discarded = await discarding;
  const outcomes = await stage.deploy(split.orders);
  const modes = [...outcomes.map(inspectedMode), ...split.notOffered];
  const seen = documentOf(outcomes, inOrderOf(paths, modes), engine, discarded);
  show(seen);
  return seen;
}

function documentOf(
  outcomes: readonly DeployOutcome[],
  modes: InspectDocument['modes'],
  { about }: Engine,
  discarded: Discarded | undefined,
): InspectDocument {
  const host = outcomes.flatMap((it) => (it.ok ? [it.deployed.standing.host] : [])).at(-1);
  return {
    engine: {
      version: about.version,
      apiVersion: about.apiVersion,
      address: about.address,
      stack: about.endpoint === 'lab' ? 'lab' : 'machine',
    },
    ...present({ host }),
    modes,
    ...(discarded === undefined
      ? {}
      : {
          discardedPorts: {
            command: `docker run --network host -p 127.0.0.1:${discarded.port}:8080 …`,
            warnings: [...discarded.warnings],
            bound: host?.listeners.some(({ port }) => port === discarded.port) ?? false,
          },
        }),
  };
}

interface OfferedOrders {
  readonly orders: readonly DeploymentOrder[];
  readonly notOffered: readonly InspectedMode[];
}

/**
 * The orders whose paths the engine and its machine offer.
 * @throws {Failure} unfit: a path that the user named cannot be measured.
 */
function offeredOrders(all: readonly DeploymentOrder[], facts: PathFacts, named: boolean): OfferedOrders {
  const paths = all.map(({ route }) => route.path);
  if (named) assertOffered(paths, facts);
  return {
    orders: all.filter(({ route }) => whatStops(route.path, facts) === undefined),
    notOffered: paths.flatMap((path) => {
      const stop = whatStops(path, facts);
      return stop === undefined ? [] : [notOfferedMode(path, stop)];
    }),
  };
}

/** @throws {Failure} unfit: the first of these paths that cannot be measured, and why. */
function assertOffered(paths: readonly Path[], facts: PathFacts): void {
  const stopped = paths.flatMap((path) => {
    const stop = whatStops(path, facts);
    return stop === undefined ? [] : [{ path: pathId(path), stop }];
  });
  const [first, ...others] = stopped;
  if (first !== undefined) throw notOffered([first, ...others], 'unfit');
}

function inOrderOf(paths: readonly Path[], modes: readonly InspectedMode[]): InspectedMode[] {
  return paths.flatMap((path) => modes.filter((it) => it.path === pathId(path)));
}

function ordersFor(paths: readonly Path[], random: () => number): readonly DeploymentOrder[] {
  return paths.map((path, index) => {
    const laid = routeFor(path);
    if (!laid.possible) throw new Error(`a chosen mode cannot be laid: ${pathId(path)}`);
    return {
      deployment: { server: 'nginx', path: pathId(path), role: 'contender' },
      route: laid.route,
      agent: path.vantage === 'inside' ? { kind: 'round', key: pathId(path) } : { kind: 'standing' },
      addressIndex: 0,
      hostPort: portFrom(random, index),
      nameSuffix: path.mode,
      environmentPaddingBytes: 0,
      bodyBytes,
    };
  });
}

/** A port of the range from which runs draw theirs. Different slots have different ports. */
function portFrom(random: () => number, slot: number): number {
  const slots = 100;
  const width = Math.floor((defaultPorts.to - defaultPorts.from + 1) / slots);
  return defaultPorts.from + slot * width + Math.floor(random() * width);
}

function needsOf(orders: readonly DeploymentOrder[]) {
  const vantages = orders.flatMap(({ route }) =>
    route.path.vantage === 'inside' ? [] : [route.path.vantage],
  );
  return {
    vantages: [...new Set(vantages)],
    servers: [...new Set(orders.map(({ route }) => route.server.kind))],
    ipv6: false,
  };
}

interface Discarded {
  readonly port: number;
  readonly warnings: readonly string[];
}

/** A container that is in host mode and requests a published port. It runs until `owned` is disposed of. */
function publishedInHostMode(
  asked: Pick<ContainerSpec, 'name' | 'image' | 'labels'> & {
    readonly engine: Engine;
    readonly askedPort: number;
  },
  owned: Teardown,
): Promise<Discarded> {
  const { engine, askedPort: port, ...spec } = asked;
  const { created, undo } = createOwned(engine, {
    ...spec,
    command: ['sleep', 'infinity'],
    powers: holderPowers,
    attachment: { kind: 'host' },
    publish: [{ containerPort: 8080, hostPort: port, hostAddresses: ['127.0.0.1'] }],
  });
  const started = created.then(async (container) => {
    await container.start();
    return { port, warnings: container.warnings };
  });
  started.catch(() => {}); // the caller sees the error when it awaits the result
  owned.defer(async () => {
    await started.catch(() => undefined);
    await undo();
  });
  return started;
}
