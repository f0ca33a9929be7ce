import { createHash } from 'node:crypto';
import { imageLabel } from '../labels.ts';

/** An empty image for containers that never start. It exists before the lab image is built. */
export const lockImage = 'bench-lock:empty';

/** Two empty blocks: a tar archive of nothing. */
const emptyLayer = Buffer.alloc(1024);

/**
 * The image as `docker save` writes one (docs.docker.com, "Docker Image Specification v1.2"). Its bytes are
 * always the same: two commands that load it at once give the engine one image. `docker import` would leave
 * an image without a name.
 */
export function lockImageArchive(): Buffer {
  const digest = createHash('sha256').update(emptyLayer).digest('hex');
  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: { Cmd: ['never-started'], Labels: { [imageLabel]: lockImage } },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'bench' }],
  });
  const manifest = JSON.stringify([{ Config: 'config.json', RepoTags: [lockImage], Layers: ['layer.tar'] }]);
  return Buffer.concat([
    entry('config.json', Buffer.from(config)),
    entry('layer.tar', emptyLayer),
    entry('manifest.json', Buffer.from(manifest)),
    emptyLayer,
  ]);
}

/** One file of a tar archive (ustar, POSIX.1-1988): a head of 512 bytes, then its bytes in blocks of 512. */
function entry(name: string, bytes: Buffer): Buffer {
  const head = Buffer.alloc(512);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  head.write(name, 0);
  head.write(octal(0o644, 8), 100);
  head.write(octal(0, 8), 108);
  head.write(octal(0, 8), 116);
  head.write(octal(bytes.length, 12), 124);
  head.write(octal(0, 12), 136);
  head.write('0', 156);
  head.write('ustar\u000000', 257);
  // The checksum counts its own field as blanks.
  head.fill(' ', 148, 156);
  head.write(
    `${octal(
      head.reduce((sum, byte) => sum + byte, 0),
      7,
    )} `,
    148,
  );
  return Buffer.concat([head, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}
