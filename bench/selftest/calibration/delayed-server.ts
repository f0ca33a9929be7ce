import net from 'node:net';

/*
 * A server that keeps its processor busy for a known time before each answer. It runs inside the lab image, given as
 * text on Node's command line, so it imports nothing of ours:
 *
 *   delayed-server BUSY_MICROSECONDS BODY_BYTES awake|asleep ADDRESS:PORT…
 *
 * `awake`: it turns its event loop between requests instead of sleeping. That costs CPU time that no request
 * needs.
 *
 * `GET /held` answers with how long it has held requests so far, by its own clock: the median from the moment it sees
 * a request until the answer is handed to the kernel, in nanoseconds. The request has no other effect.
 */
const [busy = '0', bodyBytes = '0', between = 'awake', ...addresses] = process.argv.slice(1);
const busyMs = Number(busy) / 1000;

/** Takes half a microsecond or so. Its result is kept, so that the loop is kept. */
const stepsBetweenReadings = 500;
let kept = 1;

function step(): void {
  let value = kept;
  for (let index = 0; index < stepsBetweenReadings; index++)
    value = (Math.imul(value, 1_103_515_245) + 12_345) | 0;
  kept = value;
}

/**
 * Busy, not asleep: a timer would add the scheduler's wake-up, and the true delay would be unknown. The clock
 * is read only now and then, because each reading is a new number on the heap. A wait that only reads the
 * clock evicts the caches and calls the garbage collector once in some thirty waits of 100 µs. That costs
 * more than the delay.
 */
function busyWait(startedAt: number): void {
  while (performance.now() - startedAt < busyMs) step();
}

/**
 * Turns of the event loop after a request, a microsecond each. They last longer than the client takes for its
 * next one.
 */
const turnsAwake = 200;
let turnsLeft = 0;
let turning = false;

/**
 * Between requests the server does not sleep: the cost of waking would depend on how soon the next request
 * comes.
 */
function stayAwake(): void {
  turnsLeft = turnsAwake;
  if (turning) return;
  turning = true;
  setImmediate(turn);
}

function turn(): void {
  turning = turnsLeft-- > 0;
  if (turning) setImmediate(turn);
}

/** Requests by the time that they were held, in bins of 50 ns up to 10 ms. Counting makes no garbage. */
const binMs = 50e-6;
const held = new Uint32Array(200_000);

function heldNs(): number {
  const half = held.reduce((sum, count) => sum + count, 0) / 2;
  let seen = 0;
  const bin = held.findIndex((count) => {
    seen += count;
    return seen >= half;
  });
  return (bin + 0.5) * binMs * 1e6;
}

function serve(bytes: number, listen: readonly string[]): void {
  const answer = (body: string) =>
    `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nContent-Type: text/plain\r\n\r\n${body}`;
  const response = Buffer.from(answer('b'.repeat(bytes)));
  const question = 'GET /held';
  for (const address of listen) {
    const server = net.createServer({ noDelay: true }, (socket) => {
      // Each connection has one request at a time, and each request comes in one piece.
      socket.on('data', (request) => {
        const startedAt = performance.now();
        // The fifth letter after `GET /`: the agent asks for `/` alone.
        if (request[5] === question.charCodeAt(5)) {
          socket.write(answer(String(heldNs())));
          return;
        }
        if (between === 'awake') stayAwake();
        busyWait(startedAt);
        socket.write(response);
        const bin = Math.min(held.length - 1, Math.floor((performance.now() - startedAt) / binMs));
        held[bin] = (held[bin] ?? 0) + 1;
      });
      socket.on('error', () => socket.destroy());
    });
    const colon = address.lastIndexOf(':');
    server.listen(Number(address.slice(colon + 1)), address.slice(0, colon));
  }
}

serve(Number(bodyBytes), addresses);
