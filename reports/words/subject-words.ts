import { formatCount } from '../../bench/model/format.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { Bulk } from '../../bench/model/profile.ts';
import { spokenName } from '../../bench/model/server.ts';

/** Longer names of images and longer requests are cut, so that a line still holds the rest of what was measured. */
const longestName = 60;

/** What is under load: `nginx`, or the user's service with its image: `app (my/app:1.2)`. */
export function subjectsOf({ servers, service }: Pick<Plan, 'servers' | 'service'>): readonly string[] {
  return service === undefined
    ? servers.map((it) => spokenName(it))
    : [`${service.name} (${cut(withShortDigest(service.image))})`];
}

/** What each request asks for: `1 KiB page`, `downloads of 1 MiB`, or the user's own request: `GET /items`. */
export function askedWords({
  request,
  bodyBytes,
  profiles,
}: Pick<Plan, 'request' | 'bodyBytes' | 'profiles'>): string {
  if (request !== undefined) return cut(`${request.method} ${request.path}`);
  const bulks = profiles.flatMap(({ bulk }) => (bulk === undefined ? [] : [bulkWords(bulk)]));
  const page = bulks.length === profiles.length ? [] : [`${sizeWords(bodyBytes)} page`];
  return [...page, ...bulks].join(' and ');
}

/** `downloads of 1 MiB`. */
export function bulkWords({ bytes, direction }: Bulk): string {
  return `${direction === 'up' ? 'uploads' : 'downloads'} of ${sizeWords(bytes)}`;
}

/** `1 KiB`, `1,500 bytes`. */
function sizeWords(bytes: number): string {
  if (bytes >= 1_048_576 && bytes % 1_048_576 === 0) return `${formatCount(bytes / 1_048_576)} MiB`;
  if (bytes >= 1024 && bytes % 1024 === 0) return `${formatCount(bytes / 1024)} KiB`;
  return `${formatCount(bytes)} bytes`;
}

/** `app@sha256:0123456789ab…`: the first digits tell one image from another. */
function withShortDigest(image: string): string {
  return image.replace(/(@\w+:\w{12})\w+$/, '$1…');
}

function cut(text: string): string {
  return text.length <= longestName ? text : `${text.slice(0, longestName - 1)}…`;
}
