import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { terminalText } from '../../bench/model/styled-text.ts';
import { comparedNames } from '../across/compare-charts.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { readReportFont } from '../fonts/text-width.ts';
import { renderHtml } from '../html/render-html.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderPicture } from '../picture/render-picture.ts';
import type { ReportModel } from '../report-model.ts';
import type { SyntheticOptions } from '../synthetic-run.fixture.ts';
import { renderTerminal } from '../terminal.ts';
import { runOfRunning } from './running-plan.fixture.ts';

const fontsDirectory = fileURLToPath(new URL('../fonts/', import.meta.url));
const font = await readReportFont(fontsDirectory);

/** Every report of a run, as text. */
async function reportsOf(model: ReportModel): Promise<Readonly<Record<string, string>>> {
  const page = await renderHtml(model, { fontsDirectory });
  return {
    terminal: terminalText(renderTerminal(model, { width: 100, all: true }), false),
    markdown: renderMarkdown(model),
    html: page.replace(/<(style|script)>.*?<\/\1>/gs, ''),
    picture: renderPicture(model, font).replace(/<[^>]*>/g, ' '),
  };
}

const runs: Readonly<Record<string, Partial<SyntheticOptions>>> = {
  'is trusted': {},
  'has a twin that differs': { twinEffect: { latency: 1.5 } },
  'has no twin': { twin: false },
  'has too few rounds': { rounds: 3 },
  'compares nothing': { comparisons: [{ baseline: 'bridge/external/published', contenders: [] }] },
};

test.each(Object.entries(runs))(
  'no report of a running container names host mode where it %s',
  async (_, options) => {
    const reports = await reportsOf(buildReportModel(runOfRunning(options)));
    for (const [name, text] of Object.entries(reports)) {
      const found =
        /.{0,60}(host mode|--network host|second copy|second, identical|identical server).{0,40}/i.exec(text);
      expect(found?.[0], name).toBeUndefined();
    }
  },
);

test('the first words of each report name what the published port is compared with, and the figure from the link', async () => {
  const {
    terminal = '',
    markdown = '',
    html = '',
    picture = '',
  } = await reportsOf(buildReportModel(runOfRunning()));
  for (const text of [terminal, markdown, html]) {
    expect(text.replaceAll(/\s+/g, ' ')).toMatch(/compared with the container('|&#39;)s own address/);
  }
  expect(picture).toContain("Compared with the container's own address");
  expect(terminal).toMatchInlineSnapshot(`
    "Bridge mode by published port adds 11.4 µs to a request to nginx, compared with the container's own
    address.
    nginx (my/app:1.2) · clients in 2 places · GET /, keep-alive · 2 shared CPUs for the server
    (Synthetic CPU) · Docker 20.10.24 · 20 Nov 2026 · 10 rounds. Brackets: 95 % confidence interval.

                                                     one request
    client on the host
    nginx, bridge, by the container's address        62.2 µs
      bridge, by the published port                ! +11.4 µs, +18 % [+10.6, +12.6]
      the same path, measured again (noise check)  = −0.5 µs, −0.8 % [−0.8, +0.2] under 2 %
    client over a virtual link
    nginx, bridge                                    62.3 µs
      the same path, measured again (noise check)  = −0.4 µs, −0.6 % [−0.9, +0.3] under 2 %
    ! a cost is shown · = shown to be too small to matter

    nginx, equal rate: what each layer adds to the one before it (CPU a request in all)
    behind the bridge, by container address    62.1 µs
    by published port, DNAT                  ! +12.5 µs [+12.1, +13.1]
    ! a cost is shown

    What that means: In bridge mode by published port a request of 1 ms takes 1.011 ms; one of 20 ms,
    20.01 ms.

    ✓ Noise check passed. No path differed from a second measurement of itself.
    ✓ Path proved in 50 of 50 deployments: kernel counters, interfaces and sockets agree.
    ✓ The machine was quiet. 0 of 100 slices discarded. Other processes took 0.5 % of the CPU.
    ✓ The load generator limited nothing: this run asked for no capacity.

    The main results in words
    From the host itself, bridge mode by published port adds 11.4 µs [10.6, 12.6] to nginx's median
      latency (+18 % [+17, +20]).

    Other figures: estimate and interval, no verdict
                                      baseline  difference, change
    nginx, equal rate: bridge, by the published port, client on the host
      server's CPU a request          44.1 µs   +10.9 µs [+10.4, +11.4], +25 %
      load generator's CPU a request  18.1 µs   +1.66 µs [+1.58, +1.78], +9.2 %
      CPU a request in all            62.1 µs   +12.5 µs [+12.1, +13.1], +20 %
    nginx, equal rate: bridge, by the container's address, client on the host, measured again
      server's CPU a request          44.1 µs   0.0 µs [−0.4, +0.5], 0 %
      load generator's CPU a request  18.1 µs   −0.07 µs [−0.20, +0.05], −0.4 %
      CPU a request in all            62.1 µs   0.0 µs [−0.5, +0.4], −0.1 %
    nginx, equal rate: bridge, client over a virtual link, measured again
      server's CPU a request          44.1 µs   −0.1 µs [−0.4, +0.2], −0.2 %
      load generator's CPU a request  18.0 µs   +0.01 µs [−0.12, +0.17], +0.1 %
      CPU a request in all            62.1 µs   −0.1 µs [−0.5, +0.4], −0.1 %

    CPU time of a request in µs (client: the load generator), how busy the CPUs were, and who was the
    limit
                                                server  client  softirq  server busy  client busy  limit
    nginx, equal rate
      bridge, by the container's address,         44.1    18.1     18.6         40 %         17 %   none
        client on the host
      bridge, by the container's address,         44.1    18.0     18.6         41 %         17 %   none
        client on the host, measured again
      bridge, by the published port, client on    55.0    19.8     22.4         50 %         18 %   none
        the host
      bridge, client over a virtual link          44.1    18.0     18.6         40 %         17 %   none
      bridge, client over a virtual link,         44.0    18.0     18.6         40 %         17 %   none
        measured again

    Notes
    nginx (my/app:1.2), from the host itself, or from a client on this machine, over a virtual link (no
      network card); GET /, keep-alive connections.
    Synthetic CPU, 2 CPUs, shared by server and load generator.
    At one equal rate on all paths: 9,000 requests/s to nginx.
    Intervals: 95 %, over 10 rounds.
    Path evidence: 50 consistent, 0 contradicted, 0 unread.
    Other processes took 0.5 % of the machine's CPU time.
    82 % of the time was measuring.

    All warnings
    The container keeps its CPUs, and the load generator may run on the same ones.
      Each takes time from the other, on every path.
    "
  `);
});

test('a comparison of several runs names what each of its overheads is against', () => {
  const baselines = ['bridge/host/container', 'host/external', 'bridge/host/container'];
  expect(comparedNames(baselines.map((baseline) => ({ baseline })))).toBe(
    "the container's own address or host mode",
  );
});
