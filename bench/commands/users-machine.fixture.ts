import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { CreatedContainer } from '../../runtime/engine/engine.ts';
import { type TestEngine, testEngine } from '../../runtime/test-engine.fixture.ts';
import { eventually, temporaryDirectory } from './bench-process.fixture.ts';
import { type HostSeen, hostSeen } from './host-state.fixture.ts';

/** A machine on whose engine a container of "the user's" runs all the while. */
export interface UsersMachine {
  readonly lab: TestEngine;
  /** The host, and the user's container, are as they were before the tests. */
  nothingIsLeft(): Promise<void>;
}

/** Set up before the tests of a file, and given back after them. */
export function usersMachine(): UsersMachine {
  let lab: TestEngine;
  let users: CreatedContainer;
  let before: HostSeen;

  beforeAll(async () => {
    lab = await testEngine();
    users = await lab.engine.create({
      name: `users-own-${process.pid}`,
      image: lab.image,
      command: ['sleep', 'infinity'],
      labels: {},
      attachment: { kind: 'bridge' },
    });
    await users.start();
    before = await hostSeen(lab.engine);
  });

  afterAll(async () => {
    if (users !== undefined) await lab.engine.remove(users.id);
    await lab?.[Symbol.asyncDispose]();
  });

  return {
    get lab() {
      return lab;
    },
    /** Containers go at once; their shims, and the kernel's network namespaces with the links in them, a moment later. */
    async nothingIsLeft() {
      const asBefore = JSON.stringify(before);
      await eventually(
        async () => JSON.stringify(await hostSeen(lab.engine)) === asBefore,
        async () => expect(await hostSeen(lab.engine)).toEqual(before),
      );
    },
  };
}

/** An empty directory that goes with the test. */
export async function directory(): Promise<string> {
  const temporary = await temporaryDirectory();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
  return temporary.path;
}

/*
 * Many short slices rather than two long ones: on a machine whose neighbours are busy, a slice in which the agent
 * was not scheduled does rightly not count, and a case with none that counts exits 4.
 */
export const blocks = 10;
export const short = [
  '--server',
  'nginx',
  '--rounds',
  '1',
  '--blocks',
  String(blocks),
  '--slice-seconds',
  '0.1',
  '--seed',
  '11',
];
