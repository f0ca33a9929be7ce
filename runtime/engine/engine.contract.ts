import { describe } from 'vitest';
import { containerLifeContract } from './container-life.contract.ts';
import { containerNetworkContract } from './container-network.contract.ts';
import { containerProgramContract } from './container-program.contract.ts';
import type { OpenContracted } from './engine-workshop.fixture.ts';
import { imageContract } from './image.contract.ts';

export { contractCommands } from './engine-workshop.fixture.ts';

/**
 * What every `Engine` does, as a user of it sees. Run on the fake and on a real engine, so that what is tested
 * on the one holds for the other. Each test removes what it made, whether it passed or not.
 */
export function engineContract(name: string, open: OpenContracted): void {
  describe(name, () => {
    containerLifeContract(open);
    containerNetworkContract(open);
    containerProgramContract(open);
    imageContract(open);
  });
}
