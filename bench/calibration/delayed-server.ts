import net from 'node:net';

/*
 * A server that keeps its processor busy for a known time before each answer. It runs inside the lab image, given as
 * text on Node's command line, so it imports nothing of ours:
 *
 *   delayed-server DELAY_MICROSECONDS BODY_BYTES ADDRESS:PORT…     serves
 *   delayed-server DELAY_MICROSECONDS                              prints what the delay truly takes, in µs
 */
const [delay = '0', bodyBytes, ...addresses] = process.argv.slice(process.argv[1]?.endsWith('.js') ? 2 : 1);
const delayMs = Number(delay) / 1000;

/** Half a microsecond or so. Keeping its result keeps the loop. */
const stepsBetweenReadings = 500;
let kept = 1;

function step(): void {
  let value = kept;
  for (let index = 0; index < stepsBetweenReadings; index++)
    value = (Math.imul(value, 1_103_515_245) + 12_345) | 0;
  kept = value;
}

/**
 * Busy, not asleep: a timer would add the scheduler's wake-up, and its truth would be unknown. The clock is read now
 * and then only: each reading is a new number on the heap, and a wait made of nothing but readings drives out the
 * caches and calls the garbage collector once in some thirty waits of 100 µs, which costs more than the delay.
 */
function busyWait(): number {
  const startedAt = performance.now();
  let now = startedAt;
  while (now - startedAt < delayMs) {
    step();
    now = performance.now();
  }
  return now - startedAt;
}

function serve(bytes: number, listen: readonly string[]): void {
  const response = Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\nContent-Type: text/plain\r\n\r\n${'b'.repeat(bytes)}`,
  );
  for (const address of listen) {
    const server = net.createServer({ noDelay: true }, (socket) => {
      // One request at a time on each connection, and each comes in one piece.
      socket.on('data', () => {
        busyWait();
        socket.write(response);
      });
      socket.on('error', () => socket.destroy());
    });
    const colon = address.lastIndexOf(':');
    server.listen(Number(address.slice(colon + 1)), address.slice(0, colon));
  }
}

/** Median of many waits, the first of them left out: code that is not hot yet takes longer. */
function truthMicroseconds(): number {
  const waits = Array.from({ length: 20_000 }, busyWait)
    .slice(5_000)
    .sort((a, b) => a - b);
  return (waits[Math.floor(waits.length / 2)] ?? Number.NaN) * 1000;
}

if (bodyBytes === undefined) process.stdout.write(`${truthMicroseconds()}\n`);
else serve(Number(bodyBytes), addresses);
