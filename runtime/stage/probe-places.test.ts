import { expect, test } from 'vitest';
import { Failure } from '../../bench/model/failure.ts';
import { runLabel } from '../labels.ts';
import { orderFor } from './parts.fake.ts';
import { only, started } from './started-stage.fixture.ts';

test("an agent beside another is in its stack, on the servers' CPUs, and gone when it is disposed of", async () => {
  const { stage, engine, specs } = await started();
  const outcome = only(await stage.deploy([orderFor('host/external')]));
  if (!outcome.ok) throw outcome.error;
  const before = engine.names();
  const beside = await stage.agentBeside(outcome.deployed);
  const agent = (await engine.containers()).find(({ name }) => name === 'bench-k3f9-agent-external');
  const spec = specs.get('bench-k3f9-agent-beside');
  expect(spec?.attachment).toEqual({ kind: 'container', id: agent?.id });
  expect(spec?.cpus).toBe(specs.get('bench-k3f9-host')?.cpus);
  expect(spec?.cpus).not.toBe(specs.get('bench-k3f9-agent-external')?.cpus);
  expect(await beside.agent.serveNothing()).toEqual({ port: 8079 });
  await beside[Symbol.asyncDispose]();
  expect(engine.names()).toEqual(before);
});

test('lookups have a place in each mode in which they differ, and leave nothing behind', async () => {
  const { stage, engine, specs } = await started();
  const ofRun = () => engine.networks(`${runLabel}=20261120T093220Z-k3f9`);
  const before = { names: engine.names(), networks: await ofRun() };
  const lookups = await stage.lookupPlaces();
  const asked = lookups.places.map(({ mode, questions }) => [mode, ...questions.map((it) => it.asked)]);
  expect(asked).toEqual([
    ['host', 'bench', 'localhost'],
    ['bridge', 'localhost'],
    ['user-bridge', 'bench', 'container'],
  ]);
  // Asked directly in host mode, and through the engine's resolver on a bridge of one's own.
  const [server] = specs.get('bench-k3f9-agent-names-user-bridge')?.dns ?? [];
  expect(lookups.places[0]?.questions[0]?.server).toBe(server);
  const attached = (mode: string) => specs.get(`bench-k3f9-agent-names-${mode}`)?.attachment.kind;
  expect(['host', 'bridge', 'user-bridge'].map(attached)).toEqual(['host', 'bridge', 'network']);
  expect(await ofRun()).toHaveLength(before.networks.length + 1);
  await lookups[Symbol.asyncDispose]();
  expect(engine.names()).toEqual(before.names);
  expect(await ofRun()).toEqual(before.networks);
});

test('a place that cannot be made takes the others with it', async () => {
  const { stage, engine } = await started({
    engineFails: [
      { call: 'start', name: /names-user-bridge/, with: new Failure('casesFailed', 'no space left') },
    ],
  });
  const before = engine.names();
  await expect(stage.lookupPlaces()).rejects.toThrow('no space left');
  expect(engine.names()).toEqual(before);
});
