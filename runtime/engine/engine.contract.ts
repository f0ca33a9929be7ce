import { describe } from 'vitest';
import { containerLifeContract } from './container-life.contract.ts';
import { containerNetworkContract } from './container-network.contract.ts';
import { containerProgramContract } from './container-program.contract.ts';
import type { OpenContracted } from './engine-workshop.fixture.ts';
import { imageContract } from './image.contract.ts';

export { contractCommands } from './engine-workshop.fixture.ts';

/**
 * The behaviour of every `Engine`, as its user sees it. The tests run on the fake and on a real engine, so
 * that a result on one holds for the other. Each test removes what it made, whether it passed or not.
 */
export function engineContract(name: string, open: OpenContracted): void {
  describe(name, () => {
    containerLifeContract(open);
    containerNetworkContract(open);
    containerProgramContract(open);
    imageContract(open);
  });
}
