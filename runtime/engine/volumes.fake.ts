import type { Engine } from './engine.ts';
import { hasLabel } from './labels.fake.ts';

export interface FakeVolume {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The volumes of the engine in memory. Others make them: the tests say which are there. */
export function fakeVolumes(
  made: readonly FakeVolume[],
  enter: (call: 'volumes' | 'remove-volume', name: string, words?: string) => void,
) {
  const volumes = new Map(made.map((volume) => [volume.name, volume]));
  return {
    async volumes(label) {
      enter('volumes', label, 'list volumes');
      return [...volumes.values()].filter(({ labels }) => hasLabel(labels, label));
    },
    async removeVolume(name) {
      enter('remove-volume', name, `remove the volume ${name}`);
      volumes.delete(name);
    },
  } satisfies Partial<Engine>;
}
