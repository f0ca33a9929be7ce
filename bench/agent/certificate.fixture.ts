import { generateKeyPairSync, sign } from 'node:crypto';

/** What a server needs to speak TLS. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** A certificate of its own making, as services under test have. Made here, so that no key lies in the repository. */
export function selfSigned(name = 'bench.test'): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const commonName = der(0x06, Buffer.from('550403', 'hex'));
  const names = sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(name)))));
  const validity = sequence(
    ...['200101000000Z', '491231235959Z'].map((time) => der(0x17, Buffer.from(time))),
  );
  // X.509, version 1 (RFC 5280, section 4.1).
  const body = sequence(
    der(0x02, Buffer.from([1])),
    ...[ecdsaWithSha256, names, validity, names],
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]));
  const text = sequence(body, ecdsaWithSha256, signature).toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`,
  };
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

/** One value in DER: its tag, its length, its content. */
function der(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
