import { Failure } from './failure.ts';

/** First bytes of addresses that no link can have (RFC 1122, section 3.2.1.3; RFC 1112; RFC 5735). */
const unusable = [
  { first: 0, last: 0, why: '0.0.0.0/8 means "this network"' },
  { first: 127, last: 127, why: '127.0.0.0/8 is the loopback of every machine' },
  { first: 224, last: 239, why: '224.0.0.0/4 is for multicast' },
  { first: 240, last: 255, why: '240.0.0.0/4 is reserved' },
] as const;

const example = 'Give the first address of a /24 that this machine does not use: --subnet 198.18.7.0/24.';

/**
 * An IPv4 network of 256 addresses that a link can have. Whether this machine uses it already is not checked.
 * @throws {Failure} usage: what is wrong with it.
 */
export function checkedSubnet(text: string): string {
  const bytes = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/24$/.exec(text)?.slice(1).map(Number);
  const [first = 0, , , last] = bytes ?? [];
  if (bytes === undefined || bytes.some((byte) => byte > 255) || last !== 0) {
    throw new Failure('usage', `${text} is not an IPv4 network of 256 addresses`, { hint: example });
  }
  const range = unusable.find((range) => first >= range.first && first <= range.last);
  if (range !== undefined) {
    throw new Failure('usage', `bench cannot use ${text} for a link: ${range.why}`, { hint: example });
  }
  return bytes.join('.').concat('/24');
}
