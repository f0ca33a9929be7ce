import { expect, test } from 'vitest';
import { Failure } from '../../bench/model/failure.ts';
import { chooseApiVersion, spokenApi } from './identity.ts';

test.each([
  ['20.10', { Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12' }, '1.41'],
  ['28', { Version: '28.2.2', ApiVersion: '1.50', MinAPIVersion: '1.24' }, spokenApi.newest],
  ['29, which refuses below 1.44', { Version: '29.0.0', ApiVersion: '1.52', MinAPIVersion: '1.44' }, '1.47'],
  ['one that names no oldest', { Version: '24.0.0', ApiVersion: '1.43' }, '1.43'],
  ['a minor version above 99', { Version: '99.0.0', ApiVersion: '1.100', MinAPIVersion: '1.44' }, '1.47'],
  ['the next major version', { Version: '99.0.0', ApiVersion: '2.0', MinAPIVersion: '1.44' }, '1.47'],
])('engine %s', (_, offered, chosen) => {
  expect(chooseApiVersion(offered)).toBe(chosen);
});

test.each([
  [
    'too old',
    { Version: '19.03.15', ApiVersion: '1.40', MinAPIVersion: '1.12' },
    'engine 19.03.15 supports API 1.12 to 1.40; bench supports 1.41 to 1.47',
    'Upgrade the engine to 20.10 or newer.',
  ],
  [
    'too new',
    { Version: '40.0.0', ApiVersion: '1.70', MinAPIVersion: '1.60' },
    'engine 40.0.0 supports API 1.60 to 1.70; bench supports 1.41 to 1.47',
    'Upgrade bench.',
  ],
])('%s: both ranges are told, and which side to upgrade', (_, offered, message, hint) => {
  const choose = () => chooseApiVersion(offered);
  expect(choose).toThrow(Failure);
  expect(choose).toThrow(expect.objectContaining({ kind: 'unfit', message, hint }));
});
