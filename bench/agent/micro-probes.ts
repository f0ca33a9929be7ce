import { Resolver } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import { messageOf } from '../model/failure.ts';
import type { ProbeTask, TimeTaskOrder } from '../model/load-agent.ts';
import { isExpectedStatus, ownRequest, type Request } from '../model/request.ts';
import type { TimedTask } from '../model/timed-task.ts';
import { timedTask } from './timed-task.ts';

/** A task that takes longer has failed. It bounds the time that an order takes. */
const patienceMs = 1_000;

/** Times one small task from where the agent runs. Resolves to the problem where the task fails. */
export async function timeTask({ task, seconds }: TimeTaskOrder): Promise<TimedTask> {
  const ready = readyTask(task);
  try {
    return await timedTask(ready.run, seconds);
  } finally {
    ready.end();
  }
}

interface ReadyTask {
  readonly run: () => Promise<unknown>;
  /** Closes what the task kept open. */
  readonly end: () => void;
}

const nothingOpen = () => undefined;

function readyTask(task: ProbeTask): ReadyTask {
  switch (task.kind) {
    case 'connect':
      return { run: () => connectOnce(new URL(task.url)), end: nothingOpen };
    case 'request':
      return requests(task.url, task.request);
    case 'lookup':
      return lookups(task.name, task.server);
  }
}

/**
 * Opens a TCP connection. It is closed by a reset, which leaves no socket in TIME_WAIT: thousands of them would use up
 * the ports.
 */
function connectOnce({ hostname, port }: URL): Promise<{ readonly overriddenDuration: number }> {
  return new Promise((resolve, reject) => {
    const begunAt = performance.now();
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
    socket.setTimeout(patienceMs, () => socket.destroy(new Error(`no connection within ${patienceMs} ms`)));
    socket.once('error', reject);
    socket.once('connect', () => {
      const overriddenDuration = performance.now() - begunAt;
      socket.on('error', () => undefined);
      socket.once('close', () => resolve({ overriddenDuration }));
      socket.resetAndDestroy();
    });
  });
}

/** Requests on one connection, which the first of them opens. */
function requests(url: string, asked: Request = ownRequest): ReadyTask {
  const kept = { keepAlive: true, maxSockets: 1 };
  const isTls = url.startsWith('https:');
  // A service under test has a certificate of its own making.
  const agent = isTls ? new https.Agent({ ...kept, rejectUnauthorized: false }) : new http.Agent(kept);
  return { run: () => requestOnce(url, asked, agent), end: () => agent.destroy() };
}

function requestOnce(url: string, asked: Request, agent: http.Agent): Promise<void> {
  const { method, headers, body, expectedStatus } = asked;
  return new Promise((resolve, reject) => {
    const { request: send } = url.startsWith('https:') ? https : http;
    const request = send(url, { agent, method, headers: { ...headers }, timeout: patienceMs });
    request.once('timeout', () => request.destroy(new Error(`no answer within ${patienceMs} ms`)));
    request.once('error', reject);
    request.once('response', (response) => {
      const { statusCode = 0 } = response;
      response.once('error', reject);
      response.once('end', () => {
        if (isExpectedStatus(statusCode, expectedStatus)) resolve();
        else reject(new Error(`it answered with status ${statusCode}`));
      });
      response.resume();
    });
    request.end(body);
  });
}

/** An answer that there is no such name is an answer. */
const answered = new Set(['ENOTFOUND', 'ENODATA']);

/** Questions to name servers. The file of hosts is not asked. */
function lookups(name: string, server: string | undefined): ReadyTask {
  const resolver = new Resolver({ timeout: patienceMs, tries: 1 });
  if (server !== undefined) resolver.setServers([server]);
  return { run: () => lookUp(name, resolver), end: () => resolver.cancel() };
}

async function lookUp(name: string, resolver: Resolver): Promise<void> {
  try {
    await resolver.resolve4(name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (answered.has(code)) return;
    throw new Error(`${resolver.getServers().join(', ') || 'no name server'}: ${code || messageOf(error)}`);
  }
}
