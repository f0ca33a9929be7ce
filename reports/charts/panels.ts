import type { Case } from '../../bench/model/case.ts';
import { type PathId, pathOf } from '../../bench/model/path.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { LoadProfile } from '../../bench/model/profile.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import type { ServerName } from '../../bench/model/server.ts';
import { spokenName } from '../../bench/model/server.ts';

/** One drawing's subject: a server under one load, with the paths that are compared with one baseline. */
export interface Panel {
  readonly profile: LoadProfile;
  readonly server: ServerName;
  readonly baseline: PathId;
  /** Part of a drawing's id. */
  readonly id: string;
  /** `nginx, full load`, with the client where a run has clients in several places. */
  readonly title: string;
  readonly has: (subject: Case) => boolean;
}

/** Panels in the order of the questions, then of the servers. */
export function panelsOf({ profiles, servers, comparisons }: Plan): readonly Panel[] {
  const alone = comparisons.length === 1;
  return profiles.flatMap((profile) =>
    servers.flatMap((server) =>
      comparisons.map(({ baseline, contenders }): Panel => {
        const paths = new Set([baseline, ...contenders]);
        const client = alone ? '' : `, ${clientWords(baseline)}`;
        return {
          ...{ profile, server, baseline },
          id: [server, profile.name, ...(alone ? [] : [baseline.replaceAll('/', '-')])].join('-'),
          title: `${spokenName(server)}, ${readerWords[profile.name].reader}${client}`,
          has: (it) => it.server === server && it.profile === profile.name && paths.has(it.path),
        };
      }),
    ),
  );
}

/** The client of a comparison: `client on the host`, `client on the host, IPv6`. */
export function clientWords(baseline: PathId): string {
  const { vantage, family } = pathOf(baseline);
  return `${readerWords[vantage].reader}${family === undefined ? '' : ', IPv6'}`;
}
