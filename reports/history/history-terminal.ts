import { counted, formatChangeInterval } from '../../bench/model/format.ts';
import type { StyledText } from '../../bench/model/styled-text.ts';
import type { History } from './history.ts';
import {
  allChanges,
  beginningsWords,
  changeWords,
  dateOf,
  findingWords,
  subjectWords,
  suspicionWords,
} from './history-words.ts';

/**
 * What the newest run brought: one line where that is nothing. With `all`, every comparison with its level, and every
 * change.
 */
export function renderHistory(history: History, all: boolean): readonly StyledText[] {
  const { changes, environment, loads } = history.news;
  const isNews = changes.length + environment.length + loads.length > 0;
  const line = (text: string, style: StyledText['style'] = 'plain'): StyledText => ({
    text: `${text}\n`,
    style,
  });
  const ofChange = (change: (typeof changes)[number]) => [
    line(subjectWords(change.subject)),
    line(`  ${changeWords(change)}`),
  ];
  return [
    line(findingWords(history), isNews ? 'bold' : 'plain'),
    ...changes.flatMap(ofChange),
    ...beginningsWords(history).map((it) => line(it)),
    ...(all ? [line(''), line('Now', 'bold'), ...levelLines(history).map((it) => line(it))] : []),
    ...(all ? [line(''), line('All changes', 'bold'), ...changeLines(history).map((it) => line(it))] : []),
  ];
}

function levelLines({ subjects }: History): readonly string[] {
  return subjects.flatMap(({ subject, series }) => {
    const current = series.at(-1);
    const level = current?.levels.at(-1);
    const suspicion = current === undefined ? undefined : suspicionWords(current);
    const words =
      level === undefined
        ? 'no interval that counts'
        : `${formatChangeInterval(level)} since ${dateOf(level.from.run)}, ${counted(level.nights, 'run')}`;
    return [
      `${subjectWords(subject)}: ${words}${subject.declared ? '' : ' (not declared)'}`,
      ...(suspicion === undefined ? [] : [`  ${suspicion}`]),
    ];
  });
}

function changeLines({ subjects }: History): readonly string[] {
  const lines = allChanges(subjects).map((it) => `${subjectWords(it.subject)}: ${changeWords(it)}`);
  return lines.length === 0 ? ['none'] : lines;
}
