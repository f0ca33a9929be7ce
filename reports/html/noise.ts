import { formatPercent } from '../../bench/model/format.ts';
import { needsPortAlone } from '../../bench/model/service.ts';
import type { ReportModel } from '../report-model.ts';
import { baselineWords } from '../words/baseline-words.ts';
import { type Html, html } from './markup.ts';
import { notices } from './notices.ts';
import { noiseTable } from './overheads.ts';

/** The baseline against a second copy of itself. Without this check, a false alarm looks like a finding. */
export function noiseSection(model: ReportModel): Html {
  const { confidence, service } = model.run.plan;
  const words = baselineWords(model.run.plan);
  const done =
    service?.running === undefined
      ? 'Each round also starts and measures a second, identical server in host mode. The two cannot differ'
      : 'Each round also measures the same path a second time, on connections of its own. The two cannot differ';
  return html`<section aria-labelledby="noise">
<h2 id="noise">Noise check: ${words.name} against ${words.again}</h2>
<p class="lead">${done}: a difference that is shown between them
would be one of this set-up, and the verdicts beside it would be untrusted. An interval that reaches beyond ±2 % says how noisy this machine is.
p of this table is corrected for the number of its rows, at ${formatPercent(1 - confidence)}.${
    service === undefined || !needsPortAlone(service)
      ? undefined
      : html` ${service.name} has one port in host mode, so its second copy runs in a part of each round to itself. What the machine does differently in the two parts counts as noise, too.`
  }</p>
${notices(model, 'noise')}${noiseTable(model) ?? html`<p>This run has no ${words.twin} that counts, so false alarms cannot be ruled out.</p>`}
</section>`;
}
