import { type Duplex, PassThrough } from 'node:stream';
import type { Channel } from '../../bench/model/rpc.ts';

/** Bytes of stderr that are kept for a message. */
const stderrKept = 4000;

/** The parts of dockerode that are used here. */
interface Demultiplexer {
  demuxStream(
    stream: NodeJS.ReadableStream,
    output: NodeJS.WritableStream,
    errors: NodeJS.WritableStream,
  ): void;
}
interface Attachable {
  attach(options: AttachOptions): Promise<NodeJS.ReadWriteStream>;
}
type AttachOptions = Readonly<Record<'stream' | 'stdin' | 'stdout' | 'stderr' | 'hijack', boolean>>;

/** Streams of a container that is about to start: its stdin and stdout, and the end of its stderr. */
export async function attach(
  modem: Demultiplexer,
  container: Attachable,
): Promise<{ channel: Channel; stderrTail(): string; detach(): void }> {
  const stream: Duplex = asDuplex(
    await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true }),
  );
  const output = new PassThrough();
  const errors = new PassThrough();
  let tail = '';
  errors.setEncoding('utf8');
  errors.on('data', (text: string) => {
    tail = (tail + text).slice(-stderrKept);
  });
  modem.demuxStream(stream, output, errors);
  const finish = () => {
    output.end();
    errors.end();
  };
  stream.on('end', finish);
  stream.on('close', finish);
  stream.on('error', finish);
  return { channel: { input: stream, output }, stderrTail: () => tail, detach: () => void stream.destroy() };
}

/** dockerode types its hijacked socket as a ReadWriteStream; it is a net.Socket. */
function asDuplex(stream: NodeJS.ReadWriteStream): Duplex {
  return stream as Duplex;
}

/** Splits Docker's stream frames (8-byte head, then payload) of a log that was fetched whole. */
export function demultiplex(raw: Buffer): string {
  let text = '';
  for (let offset = 0; offset + 8 <= raw.length; ) {
    const length = raw.readUInt32BE(offset + 4);
    text += raw.toString('utf8', offset + 8, offset + 8 + length);
    offset += 8 + length;
  }
  return text.trimEnd();
}
