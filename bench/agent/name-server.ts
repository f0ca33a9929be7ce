import { createSocket, type Socket } from 'node:dgram';

/** DNS's port: a file of name servers cannot name another one. */
const port = 53;
const headBytes = 12;
/** A question's type A, class IN (RFC 1035, 3.2). */
const addressOfIpv4 = Buffer.from([0, 1, 0, 1]);
/** The name of the question, type A, class IN, not to be kept, and 192.0.2.1 of RFC 5737. */
const record = Buffer.from([0xc0, headBytes, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 1]);

/** Answers every question for an IPv4 address with the same one, and says of all others that there is no such record. */
export async function serveNames(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { address, port: from }) => {
    const answer = answerTo(question);
    if (answer !== undefined) socket.send(answer, from, address);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, resolve);
  });
  socket.on('error', () => undefined);
  return socket;
}

/** The answer to a DNS message (RFC 1035, 4.1); `undefined` if it holds no question. */
export function answerTo(message: Buffer): Buffer | undefined {
  const end = endOfQuestion(message);
  if (end === undefined) return undefined;
  const question = message.subarray(headBytes, end);
  const isAddress = question.subarray(-4).equals(addressOfIpv4);
  const head = Buffer.alloc(headBytes);
  message.copy(head, 0, 0, 2);
  // An answer, recursion asked for and available, no error; one question.
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(isAddress ? 1 : 0, 6);
  return Buffer.concat([head, question, ...(isAddress ? [record] : [])]);
}

/** Where the first question ends: after its labels, each of which begins with its length, its type and its class. */
function endOfQuestion(message: Buffer): number | undefined {
  let at = headBytes;
  for (let length = message[at]; length !== undefined && length !== 0; length = message[at]) at += length + 1;
  const end = at + 1 + addressOfIpv4.length;
  return end > message.length ? undefined : end;
}
