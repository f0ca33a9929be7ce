import { deploymentId } from '../../bench/model/case.ts';
import type { Evidence, Finding } from '../../bench/model/evidence.ts';
import { formatCount } from '../../bench/model/format.ts';
import type { ReportModel } from '../report-model.ts';
import { stackWords } from '../words/stack-words.ts';
import { type Html, html } from './markup.ts';

const verdictWords = {
  consistent: 'consistent with the path',
  contradicted: 'contradicts the path',
  unread: 'not read to the end',
} as const satisfies Record<Evidence['verdict'], string>;

/** Why to believe that the packets took the path that a case claims: in words, then the values as read. */
export function evidenceSection(model: ReportModel): Html {
  const deployments = new Map<string, Evidence[]>();
  for (const evidence of model.evidence) {
    const id = deploymentId(evidence);
    deployments.set(id, [...(deployments.get(id) ?? []), evidence]);
  }
  return html`<section aria-labelledby="evidence">
<h2 id="evidence">Evidence for every path</h2>
<p class="lead">Read off the kernel and the engine in every round, for every deployment.</p>
${
  deployments.size === 0
    ? html`<p>No evidence was recorded: nothing shows which path the packets took.</p>`
    : html`<div class="evidence">${[...deployments].map(([id, rounds]) => deploymentEvidence(id, rounds))}</div>`
}
</section>`;
}

function deploymentEvidence(id: string, rounds: readonly Evidence[]): Html {
  const consistent = rounds.filter((it) => it.verdict === 'consistent').length;
  const others = rounds.filter((it) => it.verdict !== 'consistent');
  // Consistent rounds have the same text, so the first one represents them. The inlined data hold all.
  const shown = [...rounds.filter((it) => it.verdict === 'consistent').slice(0, 1), ...others];
  const left = rounds.length - shown.length;
  const state = others.length === 0 ? 'equivalent' : 'untrusted';
  return html`<div><h3>${id}</h3>
<p><span class="verdict ${state}">${formatCount(consistent)} of ${formatCount(rounds.length)} rounds consistent</span>${others.map(
    (it) => html`<small>Round ${it.round}: ${verdictWords[it.verdict]}.</small>`,
  )}</p>
<ul class="findings">${claimsOf(rounds).map(claimItem)}</ul>
<details><summary>Values as read</summary>
${shown.map(
  (it) => html`<h4>Round ${it.round}: ${verdictWords[it.verdict]}</h4>
<p>Dialled: <code>${it.url}</code></p>${stackList(it.raw)}
<pre>${rawText(it.raw)}</pre>`,
)}${left === 0 ? undefined : html`<p>The values of ${formatCount(left)} more consistent rounds are in <code>evidence.ndjson</code>.</p>`}</details></div>\n`;
}

interface Claim {
  readonly claim: string;
  readonly holds: number;
  readonly of: number;
  /** The first finding that does not hold, else the last one read. */
  readonly shown: Finding & { readonly round: number };
}

function claimsOf(rounds: readonly Evidence[]): readonly Claim[] {
  const found = rounds.flatMap(({ round, findings }) => findings.map((it) => ({ ...it, round })));
  return [...new Set(found.map((it) => it.claim))].flatMap((claim) => {
    const same = found.filter((it) => it.claim === claim);
    const shown = same.find((it) => !it.holds) ?? same.at(-1);
    if (shown === undefined) return [];
    return [{ claim, holds: same.filter((it) => it.holds).length, of: same.length, shown }];
  });
}

function claimItem({ claim, holds, of, shown }: Claim): Html {
  const word = holds === of ? 'Seen' : 'Not seen';
  return html`<li>${word} in ${formatCount(holds === of ? of : of - holds)} of ${formatCount(of)} rounds: ${claim}.
<small>Round ${shown.round}: expected ${shown.expected}, observed ${shown.observed}.</small></li>\n`;
}

/** The server's network stack in words. `undefined` for a run folder from before stacks were recorded. */
function stackList(raw: Evidence['raw']): Html | undefined {
  const words = stackWords(raw);
  return words.length === 0 ? undefined : html`<ul>${words.map((it) => html`<li>${it}</li>`)}</ul>`;
}

function rawText(raw: Evidence['raw']): string {
  return Object.entries(raw)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}`)
    .join('\n');
}
