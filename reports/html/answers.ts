import { formatValue } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { pathOf } from '../../bench/model/path.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { LoadProfile, ProfileName } from '../../bench/model/profile.ts';
import { spokenName } from '../../bench/model/server.ts';
import { type Answers, answersOf, type PathAnswers } from '../answers.ts';
import { type AnswerCell, answerCells } from '../first-screen/cells.ts';
import type { ReportModel } from '../report-model.ts';
import { baselineWords } from '../words/baseline-words.ts';
import { shortUnits } from '../words/mark-words.ts';
import { connectionWords } from '../words/overhead-words.ts';
import { clientLabel, pathName } from '../words/path-words.ts';
import { verdictLabel } from '../words/verdict-words.ts';
import { resultAnchor } from './anchors.ts';
import { type Html, html } from './markup.ts';
import { type Column, type Row, table } from './table.ts';

/**
 * The three answers of every server and mode: a row a mode, a column a question. The second copy of host mode is left
 * to the section on noise. `undefined` where no mode was compared.
 */
export function answerTable(model: ReportModel): Html | undefined {
  const { plan } = model.run;
  const { profiles, service } = plan;
  // A path to a running container without another one beside it has absolute figures.
  const all = answersOf(model).filter(
    ({ paths }) => service?.running !== undefined || paths.some(({ role }) => role === 'contender'),
  );
  if (all.length === 0) return undefined;
  const compared = `ompared with ${baselineWords(plan).option}`;
  return table({
    caption: html`<span class="hidden">What each network mode costs, c${compared}</span>`,
    head: `C${compared}`,
    columns: profiles.map(questionColumn),
    groups: all.map((answers) => ({ rows: rowsOf(answers, model) })),
    kind: 'answers',
  });
}

const questions = {
  latency: { label: 'One request', small: 'median latency' },
  steady: { label: 'CPU a request', small: 'at an equal rate' },
  throughput: { label: 'Capacity', small: 'most requests a second' },
  paced: { label: 'Slow requests', small: 'arrivals at an equal rate' },
  bulk: { label: 'CPU a MB', small: 'large bodies' },
  churn: { label: 'One connection', small: 'connect, ask, answer; median' },
} as const satisfies Record<ProfileName, Pick<Column, 'label' | 'small'>>;

/** The question to a running container, which gets the steady load alone. */
const steadyLatency = { label: 'One request', small: 'median latency at an equal rate' };

function questionColumn(profile: LoadProfile): Column {
  const isOfRunning = profile.name === 'steady' && profile.declaredMetric === 'latency_p50_us';
  const { label, small } = isOfRunning ? steadyLatency : questions[profile.name];
  const tail = profile.load === 'open' ? `${metric(profile.declaredMetric).label}, ` : '';
  return { label, small: `${tail}${small}, ${connectionWords({ ...profile, load: 'closed' })}` };
}

function rowsOf(answers: Answers, model: ReportModel): readonly Row[] {
  const { server, baseline, values, paths } = answers;
  const { plan } = model.run;
  const contenders = paths.filter(({ role }) => role === 'contender');
  const columns = plan.profiles.map((profile) => {
    const column = (contenders.length === 0 ? paths : contenders).flatMap(({ overheads }) =>
      overheads.filter((it) => it.profile === profile.name),
    );
    return answerCells(column, model.summary.cases, plan.confidence);
  });
  const { mode } = pathOf(baseline);
  return [
    {
      quiet: true,
      head: html`${spokenName(server)}, ${mode}${
        plan.service?.running === undefined
          ? undefined
          : html`<small>${[pathName(baseline, plan).hint ?? '', clientLabel(baseline)].join(', ')}</small>`
      }`,
      cells: plan.profiles.map(({ declaredMetric: name }, index) => {
        const value = values.find((it) => it.metric === name)?.baselineValue;
        // A rate that the load generator limited is not the capacity of host mode either.
        const measured = columns[index]?.some(({ state }) => state !== 'unmeasured' && state !== 'untrusted');
        return value === undefined || measured !== true
          ? '–'
          : shortUnits(formatValue(value, metric(name).unit));
      }),
    },
    ...contenders.map((path) => ({
      head: rowHead(path, answers, plan),
      cells: columns.map((cells) => {
        const own = cells.find(({ overhead }) => overhead.path === path.path);
        return own === undefined ? '–' : { content: answer(own), kind: own.state };
      }),
    })),
  ];
}

function rowHead({ path, sameAs }: PathAnswers, { server }: Answers, plan: Plan): Html {
  const { mode, hint } = pathName(path, plan);
  const same = sameAs === undefined ? '' : `, the same path as ${pathOf(sameAs).mode}`;
  return html`${spokenName(server)}, ${mode}<small>${hint}${same}</small>`;
}

/** The change in its unit, and the same in per cent, of which a script shows one large and the other small. */
function answer(cell: AnswerCell): Html {
  const { overhead, state, change, percent, interval, changeParts, note } = cell;
  const anchor = `#${resultAnchor(overhead)}`;
  const shown = state === 'worse' || state === 'better';
  const word = shown ? verdictLabel(overhead) : note;
  const told = word === undefined ? undefined : html` <span class="word">${word}</span>`;
  if (percent === undefined) return html`<a class="big" href="${anchor}">${change}</a><small>${note}</small>`;
  const large = (text: string) => html`<a class="big" href="${anchor}">${shortUnits(text)}</a>${told}`;
  if (interval === undefined || changeParts === undefined)
    return html`${large(change)}<small>${percent}</small>`;
  return html`<span class="view-a">${large(change)}<small>${interval} · ${percent}</small></span><span class="view-b">${large(
    changeParts.value,
  )}<small>${changeParts.interval} · ${shortUnits(change)}</small></span>`;
}
