import type { EngineAbout } from '../../../runtime/engine/engine.ts';
import { mostAgentsOn } from '../../../runtime/stage/pinning.ts';
import type { Environment } from '../../model/environment.ts';
import { Failure } from '../../model/failure.ts';
import type { PathFacts } from '../../model/path-facts.ts';
import type { Plan } from '../../model/plan.ts';
import { offeredBy } from '../../plan/offered.ts';

/**
 * Refuses engines whose "host" is not this machine: their numbers would be attributed to the wrong machine.
 * Throws a `Failure` (`unfit`) with the reason.
 */
export function assertFit(about: EngineAbout): void {
  if (about.osType !== 'linux') {
    throw new Failure('unfit', `the engine at ${about.address} runs ${about.osType} containers`, {
      hint: 'bench needs an engine that runs Linux containers.',
    });
  }
  if (/docker desktop/i.test(about.operatingSystem)) {
    throw new Failure('unfit', `the engine at ${about.address} is Docker Desktop`, {
      hint: 'Its host mode uses the network of a hidden virtual machine. Use Docker Engine: docker context use default, or run bench inside a Linux machine.',
    });
  }
  if (about.rootless) {
    throw new Failure('unfit', `the engine at ${about.address} is rootless`, {
      hint: 'Its host mode uses a separate namespace behind a user-mode network stack, so the figures would not describe this machine. Use a rootful engine.',
    });
  }
}

/**
 * Refuses more load agents than there are CPUs for them: each needs one that neither the servers nor another agent use.
 * @throws {Failure} unfit: the most that the engine's machine has CPUs for.
 */
export function assertCpusFor(
  { agents = 1 }: Pick<Plan, 'agents'>,
  { cpuCount }: Pick<EngineAbout, 'cpuCount'>,
): void {
  const most = mostAgentsOn(cpuCount);
  if (agents === 1 || agents <= most) return;
  const has = `the engine's machine has ${cpuCount} CPU${cpuCount === 1 ? '' : 's'}`;
  throw new Failure('unfit', `--agents ${agents} needs ${agents + 1} CPUs, and ${has}`, {
    hint:
      most > 1
        ? `The servers take one CPU, and each load generator another. Here --agents ${most} is the most.`
        : 'The servers take one CPU, and each load generator another. Leave out --agents: here one load generator is the most.',
  });
}

/**
 * A plan that requests one setting of `userland-proxy` is not measured under the other. bench chooses the
 * setting of a lab only. Any other engine is the user's.
 * @throws {Failure} unfit: the engine has the other setting, or does not show which.
 */
export function assertUserlandProxy(
  { userlandProxy: wanted }: Pick<Plan, 'userlandProxy'>,
  { publishing, changedFile }: PathFacts,
): void {
  const has = publishing?.userlandProxy;
  if (wanted === undefined || has === wanted) return;
  throw new Failure(
    'unfit',
    has === undefined
      ? `the plan requests userland-proxy=${wanted}, but bench cannot read the setting of this engine`
      : `the plan requests userland-proxy=${wanted}, but this engine runs with ${has}`,
    {
      hint:
        changedFile === undefined
          ? `bench does not change your engine. Put "userland-proxy": ${wanted} into /etc/docker/daemon.json and restart it, or measure in a lab, which bench starts with that setting: --lab`
          : `bench does not change your engine. ${changedFile} has changed since dockerd started. If it has "userland-proxy": ${wanted}, restart the engine.`,
    },
  );
}

/**
 * The part of the plan that can be measured on an engine and machine with these facts.
 * @throws {Failure} unfit: the engine has the other `userland-proxy`, or a requested path cannot be measured
 *   here.
 */
export function fitted(plan: Plan, facts: PathFacts): Plan {
  assertUserlandProxy(plan, facts);
  return offeredBy(facts, plan, 'unfit');
}

/**
 * The plan without the exchange of CPUs, where servers and agents share theirs. There is nothing to exchange
 * then.
 */
export function withoutIdleExchange(plan: Plan, { pinning }: Pick<Environment, 'pinning'>): Plan {
  if (pinning.kind === 'disjoint') return plan;
  const { exchangeCpus: _, ...rest } = plan;
  return rest;
}
