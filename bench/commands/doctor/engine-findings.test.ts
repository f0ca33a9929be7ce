import { expect, test } from 'vitest';
import { fakeEngine } from '../../../runtime/engine/engine.fake.ts';
import { engineFinding, engineFindings } from './engine-findings.ts';

const { about } = fakeEngine();

test.each([
  [{ operatingSystem: 'Docker Desktop' }, /is Docker Desktop/, /virtual machine/],
  [{ rootless: true }, /is rootless/, /separate namespace/],
  [{ osType: 'windows' }, /windows containers/, /Linux/],
])('an engine whose host is not this machine is refused with the reason: %j', (changes, message, hint) => {
  const finding = engineFinding({ ...about, ...changes });
  expect(finding.level).toBe('error');
  expect(finding.message).toMatch(message);
  expect(finding.hint).toMatch(hint);
});

test('a fitting engine: its versions, and how it was found', () => {
  const finding = engineFinding(about);
  expect(finding.level).toBe('ok');
  expect(finding.message).toContain(`${about.version}, API ${about.apiVersion}, rootful`);
  expect(finding.message).toContain(about.address);
});

test('the image that is missing and the containers that run are named, with what mends both', async () => {
  const engine = fakeEngine({ images: ['users:1'] });
  for (const name of ['db', 'queue']) {
    const container = await engine.create({
      name,
      image: 'users:1',
      command: ['serve'],
      labels: {},
      attachment: { kind: 'bridge' },
    });
    if (name === 'db') await container.start();
  }
  const warnings = (await engineFindings(engine, 'bench-lab:1')).filter(({ level }) => level === 'warning');
  expect(warnings.map(({ subject, hint }) => [subject, hint])).toEqual([
    ['lab image', 'Build it now with: bench setup'],
    ['other containers', expect.stringMatching(/docker stop db$/)],
  ]);
});
