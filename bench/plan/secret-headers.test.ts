import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cli } from '../cli.ts';
import { tellingOutside } from '../outside.fixture.ts';
import { secretHeaderValues } from './secret-headers.ts';

const service = ['--image', 'my/app', '--port', '80'];
const secret = 'of-a-secret';

/** What a user reads who asks for the plan of a service, with a config. */
async function planned(argv: readonly string[], env: Record<string, string> = {}, config = '{}') {
  const directory = await mkdtemp(join(tmpdir(), 'bench-secret-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'bench.config.yaml'), config);
  const { outside, told } = tellingOutside({ env, directory });
  const exitCode = await cli(['plan', ...argv], outside);
  return { exitCode, ...told };
}

test.each([
  ['a flag', [...service, '--header', `Authorization: Bearer ${secret}`], {}, '{}'],
  ['a name alone', [...service, '--header', 'Authorization'], { AUTHORIZATION: secret }, '{}'],
  ['a variable', service, { BENCH_HEADER: `Authorization: ${secret}` }, '{}'],
  ['a config', service, {}, `headers: ['Accept: text/html', 'Authorization: Bearer ${secret}']`],
  [
    "a user's plan",
    ['--plan', 'mine'],
    {},
    `plans: { mine: { image: my/app, port: 80, headers: ['Authorization: ${secret}'] } }`,
  ],
])('the value of a secret header from %s is shown nowhere, and its name is', async (_, argv, env, config) => {
  for (const form of [[], ['--verbose'], ['--json']]) {
    const { exitCode, stdout, stderr } = await planned([...argv, ...form], env, config);
    expect(exitCode, stderr).toBe(0);
    expect(stdout + stderr).not.toContain(secret);
    expect(stdout).toContain('--header Authorization');
  }
});

test.each([
  ['X-Api-Key', 'x-api-key: a'],
  ['Cookie', 'Cookie: a'],
  ['proxy-authorization', 'Proxy-Authorization: a'],
  ['x-csrf-token', 'X-CSRF-Token: a'],
])('%s is a secret', async (name, header) => {
  const { stdout } = await planned([...service, '--header', header, '--json']);
  const { headers, secret_headers: secretHeaders } = JSON.parse(stdout).plan.request;
  expect(headers).toEqual({});
  expect(secretHeaders.map((it: string) => it.toLowerCase())).toEqual([name.toLowerCase()]);
});

test('a mistake in a header is reported without its value', async () => {
  const cases = [
    [['--header', `Authorization Bearer ${secret}`], '--header: a value is not a header, such as'],
    [
      ['--header', `X-Key: ${secret}`, '--header', `X-Key: ${secret}`],
      '--header: header "X-Key" is given twice',
    ],
    [['--header', `Connection: ${secret}`], '--header: Connection is sent by bench itself'],
  ] as const;
  for (const [argv, message] of cases) {
    const { exitCode, stdout, stderr } = await planned([...service, ...argv]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout + stderr).not.toContain(secret);
  }
});

test('a name alone needs its variable, whose name is said; a line break cannot be sent', async () => {
  const { exitCode, stderr } = await planned([...service, '--header', 'X-Api-Key']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--header X-Api-Key: the variable X_API_KEY has no value');
  expect(stderr).toContain("X_API_KEY='…'");
  const broken = await planned([...service, '--header', 'X-Api-Key'], {
    X_API_KEY: `${secret}\r\nHost: other`,
  });
  expect(broken.exitCode).toBe(2);
  expect(broken.stderr).toContain('the value of X_API_KEY cannot be sent in a header');
  expect(broken.stderr).not.toContain(secret);
});

test('a value that was given beside its name comes before a variable, whose value may end in a line break', () => {
  const request = { secretHeaders: ['Authorization', 'X-Api-Key'] };
  const env = { AUTHORIZATION: 'other', X_API_KEY: 'from the variable\n' };
  expect(secretHeaderValues(request, { Authorization: 'given' }, env)).toEqual({
    Authorization: 'given',
    'X-Api-Key': 'from the variable',
  });
});
