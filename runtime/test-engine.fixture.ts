import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../bench/model/clock.ts';
import { Failure } from '../bench/model/failure.ts';
import { nothingListens } from './engine/connection-failure.ts';
import { connectDockerode } from './engine/dockerode.ts';
import { findEndpoint } from './engine/endpoint.ts';
import type { Engine } from './engine/engine.ts';
import { imageTag } from './image/inputs.ts';
import { librariesOf } from './image/node-libraries.ts';
import { machineCommander } from './machine/command.ts';
import { layout } from './private-engine/layout.ts';
import { usePrivateEngine } from './private-engine/private-engine.ts';

/** A real engine with the lab image on it. Disposing gives the engine back as it was found. */
export interface TestEngine extends AsyncDisposable {
  readonly engine: Engine;
  /** Tag of the lab image that this checkout makes. */
  readonly image: string;
}

/**
 * The engine that `bench run` would use on this machine, found by the same rules (bench/commands/open-engine.ts
 * and lab-image.ts, which runtime may not import). Installs and builds nothing: that is `bench setup`'s part.
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
      throw new Failure('unfit', `there is no ${image} here: run \`npx bench setup --yes\` first`);
    }
    return { engine: open.engine, image, [Symbol.asyncDispose]: () => open[Symbol.asyncDispose]() };
  } catch (error) {
    await open[Symbol.asyncDispose]();
    throw error;
  }
}

async function anyEngine(): Promise<AsyncDisposable & { readonly engine: Engine }> {
  const { env } = process;
  const endpoint = await findEndpoint({
    env,
    dockerDirectory: env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'),
    defaultSocket: '/var/run/docker.sock',
  });
  try {
    return { engine: await connectDockerode(endpoint), [Symbol.asyncDispose]: async () => {} };
  } catch (error) {
    if (endpoint.found !== 'socket' || !nothingListens(error)) throw error;
    const at = layout(env['BENCH_STATE_DIR'] ?? '/var/lib/bench', env['BENCH_RUN_DIR'] ?? '/run/bench');
    return usePrivateEngine(machineCommander, at, systemClock);
  }
}
