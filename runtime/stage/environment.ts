import type { Environment } from '../../bench/model/environment.ts';
import { present } from '../../bench/model/present.ts';
import type { Engine } from '../engine/engine.ts';
import type { Machine } from '../inspector/contract.ts';

/** The facts about the engine that a run records. */
export function engineFacts({ about }: Pick<Engine, 'about'>): Environment['engine'] {
  const { version, apiVersion, endpoint, operatingSystem, storageDriver, cgroupVersion, rootless } = about;
  return { version, apiVersion, endpoint, operatingSystem, storageDriver, cgroupVersion, rootless };
}

/** The facts about the engine's machine that a run records. */
export function machineFacts(machine: Machine) {
  const { kernel, cpuModel, cpuCount, memoryBytes, firewall, network, sysctls, serverVersions } = machine;
  const { cpuGovernor, hypervisor, irqTimeAccounting, timerHz, mitigations } = machine;
  return {
    ...{ kernel, cpuModel, cpuCount, memoryBytes, firewall, network, sysctls, serverVersions },
    ...present({ cpuGovernor, hypervisor, irqTimeAccounting, timerHz, mitigations }),
  } satisfies Partial<Environment>;
}
