import { expect, test } from 'vitest';
import { cli } from '../../cli.ts';
import { commandOptions, variablesAlone } from '../../command-options.ts';
import { commandNames } from '../../command-table.ts';
import { readerWords } from '../../model/reader-words.ts';
import { tellingOutside } from '../../outside.fixture.ts';
import { planOptionKeys, planOptions } from '../../plan/options.ts';

async function help(argv: readonly string[], columns = 80) {
  const { outside, told } = tellingOutside({}, { columns });
  const exitCode = await cli(['help', ...argv], outside);
  return { exitCode, ...told };
}

test('help words prints the meaning of every word, whole, at any width', async () => {
  for (const columns of [80, 200]) {
    const { exitCode, stdout } = await help(['words'], columns);
    expect(exitCode).toBe(0);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    const text = stdout.replace(/\s+/g, ' ');
    for (const [word, { reader, says }] of Object.entries(readerWords)) {
      expect(text).toContain(reader === word ? `${word} ${says}` : `${word} ${reader}. ${says}`);
    }
  }
});

test('the man page has every command, option and variable, and no text of theirs is an instruction', async () => {
  const { exitCode, stdout } = await help(['--man']);
  expect(exitCode).toBe(0);
  const lines = stdout.split('\n');
  for (const line of lines.filter((it) => /^[.']/.test(it))) {
    expect(line).toMatch(/^\.(TH|SH|SS|TP|B|I)\b/);
  }
  const plain = stdout.replaceAll('\\-', '-').replaceAll(/\\f[BIR]/g, '');
  for (const name of [...commandNames, ...Object.keys(variablesAlone)])
    expect(plain).toMatch(new RegExp(`^${name}\\b`, 'm'));
  for (const key of planOptionKeys) {
    const { flag, argument } = planOptions[key];
    expect(plain).toContain(`--${flag} ${argument}\n`);
  }
  for (const { flags, says } of Object.values(commandOptions))
    expect(plain).toContain(`.TP\n${flags}\n${says}`);
  expect(stdout).toMatch(/^[\n -~]*$/);
  expect(stdout).toContain('\\[u00B1]1%');
  // A hyphen that is not escaped is typeset as another character, and cannot be copied.
  expect(lines.filter((it) => it.startsWith('\\fB-'))).toEqual([]);
});

test('a topic that is none is refused with the nearest', async () => {
  expect(await help(['wrods'])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringMatching(/^bench: no help about 'wrods'\n {2}did you mean "words"\? Topics: run, /),
  });
});
