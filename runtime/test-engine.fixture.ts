import { join } from 'node:path';
import { systemClock } from '../bench/model/clock.ts';
import { Failure } from '../bench/model/failure.ts';
import { present } from '../bench/model/present.ts';
import { connectDockerode } from './engine/dockerode.ts';
import { findEndpoint } from './engine/endpoint.ts';
import type { Engine } from './engine/engine.ts';
import { imageTag } from './image/inputs.ts';
import { librariesOf } from './image/node-libraries.ts';
import { placeOf } from './lab/directories.ts';
import { firstProcess } from './lab/lab-machine.ts';
import { layoutOf, useLab } from './lab/use-lab.ts';
import { machineCommander } from './machine/command.ts';

/** A real engine with the lab image on it. Disposing gives the engine back as it was found. */
export interface TestEngine extends AsyncDisposable {
  readonly engine: Engine;
  /** Tag of the lab image that this checkout makes. */
  readonly image: string;
  /** The first process of the engine's machine, as seen from here; absent where that is this machine. */
  readonly machine?: number;
}

/**
 * The lab, whatever engine else runs on this machine; only DOCKER_HOST overrules that. Installs and builds nothing: that
 * is `bench setup --lab`'s part.
 */
export async function testEngine(): Promise<TestEngine> {
  const open = await anyEngine();
  try {
    const image = await imageTag({
      sources: join(import.meta.dirname, 'image'),
      bundles: join(import.meta.dirname, '..', 'dist', 'lab'),
      nodeBinary: process.execPath,
      nodeLibraries: await librariesOf(machineCommander, process.execPath),
    });
    if (!(await open.engine.imageExists(image))) {
      throw new Failure('unfit', `there is no ${image} here: run \`npx bench setup --lab --yes\` first`);
    }
    return {
      engine: open.engine,
      image,
      ...present({ machine: open.machine }),
      [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
    };
  } catch (error) {
    await open[Symbol.asyncDispose]();
    throw error;
  }
}

async function anyEngine(): Promise<Omit<TestEngine, 'image'>> {
  const { env } = process;
  if (env['DOCKER_HOST'] !== undefined) {
    const endpoint = await findEndpoint({ env, dockerDirectory: '', defaultSocket: '' });
    return { engine: await connectDockerode(endpoint), [Symbol.asyncDispose]: async () => {} };
  }
  const places = {
    state: placeOf(env, 'BENCH_STATE_DIR', '/var/lib/bench'),
    run: placeOf(env, 'BENCH_RUN_DIR', '/run/bench'),
  };
  const lab = await useLab(machineCommander, places, systemClock);
  const machine = await firstProcess(layoutOf(places));
  return {
    engine: lab.engine,
    ...present({ machine }),
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}
