import { carrierOf, type PublishingSettings, usualPublishing } from '../../bench/model/carrier.ts';
import type { Environment } from '../../bench/model/environment.ts';
import { formatDifference } from '../../bench/model/format.ts';
import { grouped } from '../../bench/model/grouped.ts';
import { metric } from '../../bench/model/metric.ts';
import { pathOf } from '../../bench/model/path.ts';
import type { Step } from '../../bench/model/summary.ts';
import { waterfall } from '../../bench/model/waterfall.ts';

/** A layer on this engine, described in words: `by published port, DNAT`. */
export function layerWords(path: string, engine: Environment['engine']): string {
  const words = waterfall.find((it) => it.path === path)?.words;
  if (words === undefined) return path;
  switch (carrierOf(pathOf(path), publishingIn(engine))) {
    case 'directly':
      return words;
    case 'dnat':
      return `${words}, DNAT`;
    case 'docker-proxy':
      return `${words}, docker-proxy`;
  }
}

/** What a layer consists of on this engine, as the subject of a sentence: `docker-proxy`, `publishing the port (DNAT)`. */
export function layerSubject(path: string, engine: Environment['engine']): string {
  const { mode, address } = pathOf(path);
  if (mode === 'host') return 'the container itself';
  switch (carrierOf(pathOf(path), publishingIn(engine))) {
    case 'directly':
      return 'the bridge';
    case 'dnat':
      return `publishing the port${address === 'loopback' ? ' on loopback' : ''} (DNAT)`;
    case 'docker-proxy':
      return 'docker-proxy';
  }
}

/** How the engine of a run publishes ports. A setting that was not read has its usual value. */
function publishingIn({
  userlandProxy = usualPublishing.userlandProxy,
  iptables = usualPublishing.iptables,
  ip6tables = usualPublishing.ip6tables,
}: Environment['engine']): PublishingSettings {
  return { userlandProxy, iptables, ip6tables };
}

/** The cost of a step, with its interval. A plus sign means that the step adds cost. */
export function costWords({ difference, differenceLow, differenceHigh, metric: name }: Step): string {
  return formatDifference(difference, differenceLow, differenceHigh, metric(name).unit);
}

/** Whether the step's interval leaves no doubt about its direction. */
export function isShown({ differenceLow, differenceHigh }: Step): boolean {
  return differenceLow > 0 || differenceHigh < 0;
}

/** The steps of one server, profile and metric, in their order; each metric by itself. */
export function stairsOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  return [...grouped(steps, ({ server, profile, metric }) => `${server} ${profile} ${metric}`).values()];
}
