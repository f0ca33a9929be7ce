import { expect, test } from 'vitest';
import { ownAgents } from './own-agents.ts';

test('where each server is dialled by an agent of its own, the report says so once', () => {
  const comparisons = [
    { baseline: 'host/host', contenders: ['bridge/host/container'] },
    { baseline: 'host/inside', contenders: ['mapped/inside'] },
    { baseline: 'host/inside/ipv6', contenders: ['mapped/inside/ipv6'] },
  ];
  const told = ownAgents({ comparisons });
  expect(told.map(({ code }) => code)).toEqual(['own-agents']);
  expect(told[0]?.message).toMatch(
    /host\/inside and host\/inside\/ipv6 is dialled from inside each server's own/,
  );
});

test('where one agent measures all that is compared, there is nothing to say', () => {
  const comparisons = [{ baseline: 'host/external', contenders: ['bridge/external/published'] }];
  expect(ownAgents({ comparisons })).toEqual([]);
});
