import type { Service } from './service.ts';

/** A service of which nothing but image and port is known: as `--image my/app:1.2 --port 8080` gives it. */
export const plainService: Service = {
  name: 'app',
  image: 'my/app:1.2',
  port: 8080,
  environment: [],
  mounts: [],
  pull: 'missing',
  readyPath: '/',
  readySeconds: 60,
};
