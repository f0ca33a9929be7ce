import { readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Inspector } from '../../../runtime/inspector/client.ts';
import { bootId } from '../../../runtime/machine/process.ts';
import type { Connection, DnatRule } from '../../model/connection.ts';
import { endpointText } from '../../model/connection.ts';
import { exitCodes } from '../../model/failure.ts';
import type { Outside } from '../../outside.ts';
import type { CommandRunner } from '../command.ts';
import { documentText } from '../documents.ts';
import { tellOthers } from '../engine/beside-others.ts';
import { labImageTag } from '../engine/lab-image.ts';
import { answeringEngine, assertLinux } from '../engine/open-engine.ts';
import { openInspector } from '../engine/open-inspector.ts';
import { type Dialled, dial, type Target, targetOf } from './dial.ts';
import type { TraceDocument } from './document.ts';
import { type Judgement, judgeConnection } from './judge-connection.ts';

/** How often a connection is looked at until a process has accepted it, with 0.1 s between. */
const looks = 5;

/**
 * `bench trace URL`:
 *
 *   counters of the port's rules → open a connection, send nothing → its route, its conntrack entry, the sockets at its
 *   other end → counters again → close → which path that was
 *
 * Changes nothing on the machine. Where an engine answers and has the lab image, a container of bench's looks
 * and is removed afterwards. Otherwise this process looks, and reports what it could not see.
 */
export const trace: CommandRunner = async ({ flags, operands }, outside) => {
  assertLinux(process.platform);
  const [url = ''] = operands;
  const target = targetOf(url);
  outside.catchInterrupts(); // short, and a container has to be removed
  const tag = labImageTag(outside);
  const engine = await answeringEngine(outside);
  if (typeof engine !== 'string') await tellOthers(engine, (line) => outside.stderr.write(`${line}\n`));
  await using looking = await openInspector(engine, await tag, outside);
  const found = typeof engine === 'string' ? [] : await engine.containers();
  const names = new Map(found.map(({ id, name }) => [id, name]));

  const { document, judgement } = await traced(url, target, looking.inspector, (id) => names.get(id));
  const unseen =
    looking.by === 'process'
      ? [
          `what this user cannot read: bench used its own rights (${process.getuid?.() === 0 ? 'root' : 'not root'}), because ${looking.why}`,
        ]
      : [];
  const whole: TraceDocument = {
    ...document,
    ...judgement,
    cannotTell: [...judgement.cannotTell, ...unseen],
    inspectedBy: looking.by,
  };
  if (flags['json'] === true) outside.stdout.write(documentText('trace-output', whole));
  else tell(whole, outside);
  return exitCodes.ok;
};

async function traced(
  url: string,
  target: Target,
  inspector: Inspector,
  nameOf: (container: string) => string | undefined,
): Promise<{
  readonly document: Pick<TraceDocument, 'url' | 'local' | 'remote' | 'rules' | 'connection'>;
  readonly judgement: Judgement;
}> {
  const { port } = target;
  const before = await inspector.call('dnat-rules', { port });
  using dialled = await dial(target);
  const { local, remote } = dialled;
  const connection = await look(inspector, dialled);
  // Known only at this point: a name may have addresses of both versions.
  const family = remote.address.includes(':') ? 'ipv6' : 'ipv4';
  const { rules: after } = await inspector.call('dnat-rules', { port, family });
  const rules = after.map((rule) => ({ ...rule, grew: rule.packets - countBefore(before.rules, rule) }));
  const document = { url, local, remote, rules, connection };
  const elsewhere = await otherMachine(connection);
  const judgement =
    elsewhere === undefined
      ? judgeConnection({ ...document, closedAtOnce: dialled.closed(), nameOf })
      : elsewhere;
  return { document, judgement };
}

/**
 * A process accepts the socket a moment after the connection is made: a proxy still has to dial its
 * container.
 */
async function look(inspector: Inspector, { local, remote, closed }: Dialled): Promise<Connection> {
  for (let nth = 1; ; nth++) {
    const connection = await inspector.call('connection', { local, remote });
    const { hostEnd, proxy, farEnd } = connection;
    const settled = farEnd !== undefined || (hostEnd?.accepted === true && proxy === undefined);
    if (settled || closed() || nth === looks) return connection;
    await sleep(100);
  }
}

function countBefore(rules: readonly DnatRule[], { table, chain, rule }: DnatRule): number {
  return rules.find((it) => it.table === table && it.chain === chain && it.rule === rule)?.packets ?? 0;
}

/**
 * An engine may be on another machine, or bench in a container. Readings from there are not about this
 * connection.
 */
async function otherMachine({ boot, namespace }: Connection): Promise<Judgement | undefined> {
  const own = { boot: await bootId().catch(() => ''), namespace: await readlink('/proc/self/ns/net') };
  if (own.boot === boot && own.namespace === namespace) return undefined;
  const where = own.boot === boot ? 'in another network stack' : 'on another machine';
  return {
    path: 'unknown',
    sentence: `The connection was opened ${where} than the engine's, so the engine's machine does not show it.`,
    evidence: [`network stack of this process: ${own.namespace}; of the engine's host: ${namespace}`],
    cannotTell: ['which path it took: run bench trace on the host of the engine'],
  };
}

function tell(document: TraceDocument, { stdout }: Outside): void {
  const { local, remote, path, sentence, evidence, cannotTell } = document;
  stdout.write(`${endpointText(local)} → ${endpointText(remote)}: ${path}\n${sentence}\n`);
  stdout.write(`\nEvidence\n${evidence.map((it) => `  ${it}\n`).join('')}`);
  if (cannotTell.length > 0) {
    stdout.write(`\nUnknown\n${cannotTell.map((it) => `  ${it}\n`).join('')}`);
  }
}
