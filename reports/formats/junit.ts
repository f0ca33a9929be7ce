import type { GateCheck, GateResult } from '../../bench/model/gate.ts';
import { printable } from '../../bench/model/printable.ts';

/**
 * JUnit XML of a gate's result: a test case for each check. The form is that which Jenkins, GitLab and GitHub's
 * reporters have in common (junit-10.xsd of Jenkins' xUnit plugin): `testsuites`, `testsuite`, `properties`, `testcase`
 * with `failure` or `skipped`.
 *
 * A check that fails the gate is a failure. One that fails at level warn is skipped, because a reader of JUnit has no
 * other word for it, and so is one that is open or untrusted; with --strict these two fail the gate, and are failures.
 */
export function renderJunit(result: GateResult): string {
  const { checks, verdict, runId } = result;
  const failures = checks.filter((check) => judged(check, result) === 'failure').length;
  const skipped = checks.filter((check) => judged(check, result) === 'skipped').length;
  const counts = { tests: checks.length, failures, errors: 0 };
  const suite = [
    element('properties', {}, [
      element('property', { name: 'run', value: runId }),
      element('property', { name: 'verdict', value: verdict }),
      element('property', { name: 'exit_code', value: result.exitCode }),
    ]),
    ...checks.map((check) => testCase(check, result)),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', counts, [
    element('testsuite', { name: 'bench gate', ...counts, skipped, id: runId }, suite),
  ])}\n`;
}

function testCase(check: GateCheck, result: GateResult): string {
  const { server, profile, path, metric, kind, limit, place, sentence, outcome } = check;
  const name = [path, metric, kind, ...(limit === undefined ? [] : [String(limit)])].join(' ');
  const outcomeAs = judged(check, result);
  const parts = [
    ...(outcomeAs === 'passed'
      ? []
      : [element(outcomeAs, { type: outcome, message: sentence }, [escaped(place)])]),
    element('system-out', {}, [escaped(sentence)]),
  ];
  return element('testcase', { classname: `${server}.${profile}`, name }, parts);
}

function judged({ outcome, level }: GateCheck, { exitCode }: GateResult): 'passed' | 'failure' | 'skipped' {
  if (outcome === 'passed') return 'passed';
  if (level === 'error' && (outcome === 'failed' || exitCode === 11)) return 'failure';
  return 'skipped';
}

/** @param contents pieces of XML that are already escaped. */
function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  contents: readonly string[] = [],
): string {
  const head = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  return `<${name}${head.join('')}${contents.length === 0 ? '/>' : `>${contents.join('\n')}</${name}>`}`;
}

/**
 * Text and attribute values. XML 1.0 has no form at all for some characters: control characters, which `printable`
 * spells out, halves of a surrogate pair, and U+FFFE and U+FFFF.
 */
function escaped(text: string): string {
  return printable(text)
    .replace(/\p{Cs}|[\ufffe\uffff]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;');
}
