import { expect, test } from 'vitest';
import { cleanFirewall } from './clean-firewall.ts';
import { fakeLab } from './lab/fake-lab.fixture.ts';

test('rules of runs that have gone are removed, those of a live run are kept, and nothing else is left', async () => {
  const { engine, inspector, options } = fakeLab({
    openings: ['bench-dead', 'bench-live'],
    guards: ['bench-dead', 'bench-live'],
  });
  const lab = { image: options.image, prefix: 'bench-clean', labels: options.labels };
  expect(await cleanFirewall(engine, lab, ['bench-live-inspector'])).toEqual({
    removed: ['firewall rule for bench-dead', 'firewall table bench-dead'],
    kept: [],
  });
  expect(inspector.openings()).toEqual(['bench-live']);
  expect([...inspector.guards().keys()]).toEqual(['bench-live']);
  expect(engine.names()).toEqual([]);
});

test('an inspector that cannot look: the reason, and nothing is left', async () => {
  const { engine, options } = fakeLab({
    inspectorFails: ({ call }) => (call === 'firewall-openings' ? new Error('no nf_tables') : undefined),
  });
  const lab = { image: options.image, prefix: 'bench-clean', labels: options.labels };
  await expect(cleanFirewall(engine, lab, [])).rejects.toThrow('no nf_tables');
  expect(engine.names()).toEqual([]);
});
