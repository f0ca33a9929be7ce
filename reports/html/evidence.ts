import { deploymentId } from '../../bench/model/case.ts';
import type { Evidence, Finding } from '../../bench/model/evidence.ts';
import { formatCount } from '../../bench/model/format.ts';
import type { Plan } from '../../bench/model/plan.ts';
import { spokenName } from '../../bench/model/server.ts';
import type { ReportModel } from '../report-model.ts';
import { twinWord } from '../words/baseline-words.ts';
import { pathName } from '../words/path-words.ts';
import { stackWords } from '../words/stack-words.ts';
import { evidenceAnchor } from './anchors.ts';
import { type Html, html } from './markup.ts';
import { notices } from './notices.ts';
import { type Row, table } from './table.ts';

const verdictWords = {
  consistent: 'consistent with the path',
  contradicted: 'contradicts the path',
  unread: 'not read to the end',
} as const satisfies Record<Evidence['verdict'], string>;

/** Why to believe that the packets took the path that a case claims: a row a deployment, its claims on demand. */
export function evidenceSection(model: ReportModel): Html {
  const deployments = deploymentsOf(model);
  return html`<section aria-labelledby="evidence">
<h2 id="evidence">Path evidence: did the packets go that way?</h2>
<p class="lead">Kernel and engine are read in every round, for every server: firewall counters, interfaces, sockets. They must show the path that the table names.${
    model.run.plan.service?.running === undefined
      ? undefined
      : html` The container has other clients too. Whether its firewall rule and docker-proxy stay idle on a path that does without them cannot be told, and is not checked.`
  }</p>
${notices(model, 'evidence')}<p class="print-only">The claims of each path are left out of print. They are on the screen version of this page and in evidence.ndjson.</p>
${
  deployments.length === 0
    ? html`<p>No evidence was recorded: nothing shows which path the packets took.</p>`
    : table({
        caption: 'Rounds in which everything agreed with the path, of all that were measured',
        head: 'Server and path',
        columns: [{ label: 'Proved' }, { label: 'What was seen' }],
        groups: [{ rows: deployments.map((it) => deploymentRow(it, model.run.plan)) }],
        kind: 'evidence',
      })
}
</section>`;
}

/** The evidence of each deployment, in the order of the other tables. */
function deploymentsOf({
  run: { plan },
  evidence,
}: ReportModel): readonly (readonly [Evidence, ...Evidence[]])[] {
  const paths = plan.comparisons.flatMap(({ baseline, contenders }) => [baseline, ...contenders]);
  const roles = ['baseline', 'twin', 'contender'];
  const found = new Map<string, [Evidence, ...Evidence[]]>();
  for (const it of evidence) {
    const group = found.get(deploymentId(it));
    if (group === undefined) found.set(deploymentId(it), [it]);
    else group.push(it);
  }
  const place = ([{ server, path, role }]: readonly [Evidence, ...Evidence[]]) =>
    (plan.servers.indexOf(server) * paths.length + paths.indexOf(path)) * roles.length + roles.indexOf(role);
  return [...found.values()].toSorted((a, b) => place(a) - place(b));
}

function deploymentRow(rounds: readonly [Evidence, ...Evidence[]], plan: Plan): Row {
  const [first] = rounds;
  const consistent = rounds.filter((it) => it.verdict === 'consistent').length;
  const others = rounds.filter((it) => it.verdict !== 'consistent');
  const [mark, kind] = others.length === 0 ? ['✓', 'passed'] : ['!', 'failed'];
  const { mode, hint } = pathName(first.path, plan);
  const copy = first.role === 'twin' ? `, ${twinWord(first.path)}` : '';
  return {
    id: evidenceAnchor(deploymentId(first)),
    head: html`${spokenName(first.server)}, ${mode}${copy}<small>${hint}</small>`,
    cells: [
      {
        content: html`<b class="${kind}">${formatCount(consistent)}/${formatCount(rounds.length)} ${mark}</b>${others.map(
          (it) => html`<small>Round ${it.round}: ${verdictWords[it.verdict]}.</small>`,
        )}`,
      },
      { content: claims(rounds) },
    ],
  };
}

function claims(rounds: readonly [Evidence, ...Evidence[]]): Html {
  const found = claimsOf(rounds);
  const broken = found.filter(({ holds, of }) => holds < of);
  const count = `${formatCount(found.length)} ${found.length === 1 ? 'claim' : 'claims'}`;
  // Consistent rounds have the same text, so the last one represents them.
  const [shown = rounds[0]] = rounds.filter(({ verdict }) => verdict === 'consistent').slice(-1);
  return html`${broken.map(claimLine)}<details class="on-screen"><summary>${count}, and where the server was</summary>
<ul>${found.map((it) => html`<li>${claimLine(it)}</li>`)}</ul>
<p>Round ${shown.round}, dialled <code>${shown.url}</code>:</p>
<ul>${stackWords(shown.raw).map((it) => html`<li>${it}</li>`)}</ul></details>`;
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

function claimLine({ claim, holds, of, shown }: Claim): Html {
  const whole = holds === of;
  const seen = `${whole ? 'Seen' : 'Not seen'} in ${formatCount(whole ? of : of - holds)} of ${formatCount(of)}`;
  return html`${claim}. <small>${seen}. Round ${shown.round}: expected ${shown.expected}, observed ${shown.observed}.</small>`;
}
