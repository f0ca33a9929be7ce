import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Failure } from '../../model/failure.ts';
import type { Outside } from '../../outside.ts';
import { firstLabProcess } from './lab-process.ts';

/** RFC 5737: for documentation only, so no packet comes from these addresses. */
const nobody = '203.0.113.1';

/**
 * Rules at the head of the forward chain of the running lab that match nothing: forwarded packets pay for them, and
 * those of host mode do not.
 * @throws {Failure} unfit: no lab runs, or its firewall refuses the rules.
 */
export const addRules = (count: number, outside: Outside) => inLab(outside, ruleLines(count, '-I FORWARD 1'));
export const removeRules = (count: number, outside: Outside) =>
  inLab(outside, ruleLines(count, '-D FORWARD'));

function ruleLines(count: number, action: string): string {
  const rule = `${action} -s ${nobody} -m comment --comment bench-calibration -j ACCEPT\n`;
  return `*filter\n${rule.repeat(count)}COMMIT\n`;
}

async function inLab(outside: Outside, lines: string): Promise<void> {
  const pid = await firstLabProcess(outside);
  if (pid === undefined) throw new Failure('unfit', 'no lab runs in which rules could be added');
  const child = spawn('nsenter', ['--target', String(pid), '--net', 'iptables-restore', '--noflush'], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  child.stdin.end(lines);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Failure('unfit', `the lab's firewall refuses the rules: ${said.trim()}`);
}
