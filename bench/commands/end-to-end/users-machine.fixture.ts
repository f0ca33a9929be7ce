import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { connectDockerode } from '../../../runtime/engine/dockerode.ts';
import type { CreatedContainer, Engine } from '../../../runtime/engine/engine.ts';
import { setupDocumentSchema } from '../documents.ts';
import { eventually, temporaryDirectory } from './bench-process.fixture.ts';
import { changes, machineListing } from './machine-listing.fixture.ts';
import { type ThrowAwayMachine, throwAwayMachine } from './throw-away-machine.fixture.ts';

/** A machine, to be thrown away, on whose engine a container of "the user's" runs all the while. */
export interface UsersMachine extends Omit<ThrowAwayMachine, typeof Symbol.asyncDispose> {
  readonly engine: Engine;
  /** Tag of the lab image, which the engine has. */
  readonly image: string;
  /** The machine, and the user's container, are as they were before the tests. */
  nothingIsLeft(): Promise<void>;
  /** From now on that is how they are to be left. */
  note(): Promise<void>;
}

/** Set up before the tests of a file, and given back after them. */
export function usersMachine(): UsersMachine {
  let machine: ThrowAwayMachine;
  let engine: Engine;
  let image: string;
  let users: CreatedContainer;
  let before: readonly string[];

  /** The machine and the containers on its engine, as lines. */
  async function listing(): Promise<readonly string[]> {
    const containers = (await engine.containers()).map(
      ({ name, id, running }) => `container: ${name} ${id} ${running ? 'running' : 'stopped'}`,
    );
    return [...containers.sort(), ...(await machineListing(machine.run))];
  }

  async function note(): Promise<void> {
    // The kernel looks for duplicates of a new IPv6 address before it lists it as ready.
    const tentative = () => machine.run('ip', '-6', 'address', 'show', 'tentative');
    await eventually(
      async () => (await tentative()) === '',
      async () => expect(await tentative()).toBe(''),
    );
    before = await listing();
  }

  beforeAll(async () => {
    machine = await throwAwayMachine();
    engine = await connectDockerode({ found: 'DOCKER_HOST', url: machine.address });
    await using cwd = await temporaryDirectory();
    const setup = await machine.bench(['setup', '--json'], cwd.path);
    expect(setup.exitCode, setup.stderr).toBe(0);
    image = setupDocumentSchema.parse(JSON.parse(setup.stdout)).image.tag;
    // The first container in host mode makes an engine pin its host's stack, for good, whoever starts it.
    expect((await machine.bench(['inspect', 'host'], cwd.path)).exitCode).toBe(0);
    const spec = {
      image,
      command: ['sleep', 'infinity'],
      labels: {},
      attachment: { kind: 'bridge' },
    } as const;
    users = await engine.create({ name: `users-own-${process.pid}`, ...spec });
    await users.start();
    await note();
  }, 180_000);

  afterAll(async () => {
    // It lies where the images do, which outlive the machine.
    if (users !== undefined) await engine.remove(users.id);
    await machine?.[Symbol.asyncDispose]();
  });

  return {
    get engine() {
      return engine;
    },
    get image() {
      return image;
    },
    get address() {
      return machine.address;
    },
    start: (...given) => machine.start(...given),
    startCommand: (...given) => machine.startCommand(...given),
    bench: (...given) => machine.bench(...given),
    signalEngine: (signal) => machine.signalEngine(signal),
    run: (...given) => machine.run(...given),
    tried: (...given) => machine.tried(...given),
    note,
    /** Containers go at once; their shims, and the kernel's network namespaces with the links in them, a moment later. */
    async nothingIsLeft() {
      await expect.poll(async () => changes(before, await listing()), { timeout: 30_000 }).toEqual([]);
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
