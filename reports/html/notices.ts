import type { Warning } from '../../bench/model/warning.ts';
import type { ReportModel } from '../report-model.ts';
import { verdictWarnings } from '../words/verdict-warnings.ts';
import type { SectionId } from './anchors.ts';
import { type Html, html } from './markup.ts';
import { prose } from './prose.ts';

/** Which section explains a warning, and whether it touches a verdict. What does not is a note. */
interface Place {
  readonly section: SectionId;
  readonly touches: boolean;
}

const places: Readonly<Record<string, Place>> = {
  'too-few-rounds': { section: 'results', touches: true },
  'unmeasured-case': { section: 'results', touches: true },
  'twin-differs': { section: 'noise', touches: true },
  'twin-blind': { section: 'noise', touches: true },
  'no-twin': { section: 'noise', touches: true },
  'evidence-contradicted': { section: 'evidence', touches: true },
  'evidence-unread': { section: 'evidence', touches: true },
  'foreign-load': { section: 'discarded', touches: true },
  'disturbed-blocks': { section: 'discarded', touches: false },
  'missed-rounds': { section: 'discarded', touches: false },
  'failed-slices': { section: 'discarded', touches: false },
  'shared-pinning': { section: 'limits', touches: true },
  'proxies-roam': { section: 'limits', touches: false },
  'other-clients': { section: 'limits', touches: false },
  'client-lag': { section: 'results', touches: true },
  'machine-tail': { section: 'latency', touches: false },
  'unsteady-start': { section: 'slices', touches: false },
};

/** What no rule of the analysis says, such as a damaged file of the folder. */
const elsewhere: Place = { section: 'environment', touches: false };

function placeOf({ code }: Warning): Place {
  return places[code] ?? elsewhere;
}

/** The warnings of one section, each with what to do. */
export function notices({ summary: { warnings } }: ReportModel, section: SectionId): Html {
  // The banner at the top says that a run is partial.
  const own = warnings.filter((it) => placeOf(it).section === section && it.code !== 'partial-run');
  return html`${own.map(notice)}`;
}

function notice(warning: Warning): Html {
  const { code, message, hint } = warning;
  const word = placeOf(warning).touches ? 'Warning:' : 'Note:';
  return html`<div class="notice" data-code="${code}"><p><strong>${word}</strong> ${prose(message)}</p><p>${prose(hint)}</p></div>\n`;
}

/** What keeps main results from being used or decided, for the first screen: one line a rule. */
export function verdictNotices({ summary }: ReportModel): Html | undefined {
  const lines = verdictWarnings(summary);
  if (lines.length === 0) return undefined;
  return html`<ul class="warnings" aria-label="Warnings">${lines.map(
    (it) => html`<li><b>!</b> ${prose(it)} <a href="#results">Which</a></li>\n`,
  )}</ul>`;
}
