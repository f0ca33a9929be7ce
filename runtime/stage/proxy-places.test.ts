import { expect, test } from 'vitest';
import { Failure } from '../../bench/model/failure.ts';
import { inspectorPowers } from '../powers.ts';
import { fakeParts, orderFor } from './parts.fake.ts';
import { ownPorts } from './proxy-places.ts';
import { startStage } from './start-stage.ts';
import { only, started, threeModes } from './started-stage.fixture.ts';

const pins = (journal: readonly string[]) => journal.filter((line) => line.includes('pin-proxies'));

test('docker-proxy of published ports goes where the servers are: when they are deployed, and when CPUs are exchanged', async () => {
  const { stage, journal } = await started({ cpuCount: 2 });
  await stage.deploy(threeModes);
  expect(pins(journal)).toEqual(['inspector pin-proxies 20002 20003 on 0']);
  await stage.exchangeCpus(true);
  await stage.exchangeCpus(true);
  await stage.exchangeCpus(false);
  expect(pins(journal).slice(1)).toEqual([
    'inspector pin-proxies 20002 20003 on 1',
    'inspector pin-proxies 20002 20003 on 0',
  ]);
  expect(stage.environment.pinning).not.toHaveProperty('proxiesRoam');
});

test('without published ports, or without CPUs of their own, nothing is moved', async () => {
  const unpublished = await started({ cpuCount: 2 });
  await unpublished.stage.deploy([orderFor('host/external')]);
  expect(pins(unpublished.journal)).toEqual([]);
  const shared = await started({ cpuCount: 1 });
  await shared.stage.deploy(threeModes);
  expect(pins(shared.journal)).toEqual([]);
});

test('where docker-proxy may not be moved the run goes on, is told why, and does not ask again', async () => {
  const pinRefused = '`taskset -a -c -p 0 77` failed: Operation not permitted';
  const { stage, journal } = await started({ cpuCount: 2, pinRefused });
  expect(only(await stage.deploy([orderFor('bridge/external/published')])).ok).toBe(true);
  expect(stage.environment.pinning).toEqual({
    kind: 'disjoint',
    serverCpus: '0',
    agentCpus: '1',
    proxiesRoam: pinRefused,
  });
  await stage.exchangeCpus(true);
  expect(pins(journal)).toHaveLength(1);
});

test('an engine that has not the power to move docker-proxy starts an inspector without it, and the run is told', async () => {
  const parts = fakeParts({ cpuCount: 2 });
  const { engine } = parts.options;
  const words = 'the engine refused to create bench-k3f9-inspector: invalid CapAdd: capability not available';
  const restricted: typeof engine = {
    ...engine,
    async create(spec) {
      if (spec.powers?.capabilities.includes('SYS_NICE') === true) throw new Failure('casesFailed', words);
      return engine.create(spec);
    },
  };
  await using stage = await startStage({ ...parts.options, engine: restricted });
  expect(parts.specs.get('bench-k3f9-inspector')?.powers).toEqual(inspectorPowers);
  expect(stage.environment.pinning).not.toHaveProperty('proxiesRoam');
  await stage.deploy([orderFor('bridge/external/published')]);
  expect(stage.environment.pinning).toMatchObject({ proxiesRoam: words });
  expect(pins(parts.journal)).toEqual([]);
});

test('any other refusal to start the inspector ends the run', async () => {
  const parts = fakeParts({ cpuCount: 2 });
  const { engine } = parts.options;
  const full: typeof engine = {
    ...engine,
    create: () => Promise.reject(new Failure('casesFailed', 'no space left on device')),
  };
  await expect(startStage({ ...parts.options, engine: full })).rejects.toThrow('no space left');
});

test('the published port of a container that servers join is the user’s, and its docker-proxy is left alone', () => {
  const joins = { containerId: 'users', containerPort: 80 };
  expect(
    ownPorts([
      orderFor('mapped/external/published', { hostPort: 8081, joins }),
      orderFor('bridge/external/published', { hostPort: 20002 }),
      orderFor('host/external', { hostPort: 20001 }),
    ]),
  ).toEqual([20002]);
});
