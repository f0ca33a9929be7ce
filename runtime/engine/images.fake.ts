import { throwIfInterrupted } from '../../bench/model/go-on.ts';
import { imageLabel } from '../labels.ts';
import type { Engine } from './engine.ts';
import { type Gate, refusal } from './gate.fake.ts';
import { hasLabel } from './labels.fake.ts';

export interface FakeImagesOptions {
  /** Tags of the existing images, or `sha256:…` for an image without a tag. */
  readonly images?: readonly string[];
  /** Labels of those images, by their tags. */
  readonly imageLabels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Seconds between two health checks of the images that have them, by their tags. */
  readonly healthChecks?: Readonly<Record<string, number>>;
  /** References that the registry provides. None if left out. */
  readonly registry?: readonly string[];
  /** Why the registry does not provide the others. */
  readonly registryProblem?: string;
}

interface Surroundings {
  readonly gate: Gate;
  readonly journal: string[];
  /** Whether a container was made from an image. */
  readonly isUsed: (tag: string) => boolean;
}

function isUntagged(name: string): boolean {
  return name.startsWith('sha256:');
}

/** The images of the engine in memory, and the registry that it asks for others. */
export function fakeImages(options: FakeImagesOptions, { gate, journal, isUsed }: Surroundings) {
  const images = new Map((options.images ?? []).map((tag) => [tag, options.imageLabels?.[tag] ?? {}]));

  const calls = {
    async imageExists(tag) {
      gate.enter('image-exists', tag);
      return images.has(tag);
    },
    async imageId(tag) {
      gate.enter('image-exists', tag);
      return images.has(tag) ? `sha256:${tag}` : undefined;
    },
    async healthCheckSeconds(tag) {
      gate.enter('image-exists', tag);
      return images.has(tag) ? options.healthChecks?.[tag] : undefined;
    },
    async pull(reference, { signal } = {}) {
      if (signal !== undefined) throwIfInterrupted(signal);
      journal.push(`pull ${reference}`);
      if (gate.unplugged) return { pulled: false, why: 'the engine went away' };
      if (options.registry?.includes(reference) !== true) {
        return { pulled: false, why: options.registryProblem ?? 'connection refused' };
      }
      images.set(reference, {});
      return { pulled: true };
    },
    async importImage(_tarPath, tag, { signal, labels = {} } = {}) {
      if (signal !== undefined) throwIfInterrupted(signal);
      gate.enter('import', tag);
      const before = images.get(tag);
      if (before !== undefined) images.set(`sha256:${images.size}`, before);
      images.set(tag, labels);
    },
    async loadImage(_archive, tag) {
      gate.enter('load', tag);
      images.set(tag, { [imageLabel]: tag });
    },
    async build({ tag, labels }, onLine, { signal } = {}) {
      gate.enter('build', tag);
      onLine('Step 1/1 : FROM scratch');
      if (signal !== undefined) throwIfInterrupted(signal);
      images.set(tag, labels);
    },
    async removeImage(tag) {
      gate.enter('remove-image', tag, `remove the image ${tag}`);
      if (!images.has(tag)) throw refusal(`remove the image ${tag}`, `No such image: ${tag}`);
      if (isUsed(tag)) return false;
      return images.delete(tag);
    },
    async images(label) {
      gate.enter('images', label, 'list images');
      return [...images]
        .map(([tag, labels]) => ({ tag, labels }))
        .filter(({ tag, labels }) => !isUntagged(tag) && hasLabel(labels, label));
    },
    async untaggedImages(label) {
      gate.enter('images', label, 'list images');
      return [...images]
        .filter(([id, labels]) => isUntagged(id) && hasLabel(labels, label))
        .map(([id]) => id);
    },
  } satisfies Partial<Engine>;

  return {
    calls,
    has: (tag: string) => images.has(tag),
    idOf: (tag: string) => (images.has(tag) ? `sha256:${tag}` : undefined),
  };
}
