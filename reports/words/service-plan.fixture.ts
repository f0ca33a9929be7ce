import type { Plan } from '../../bench/model/plan.ts';

/** The part of a plan that is about a service of the user's. */
export const servicePlan = {
  servers: ['app'],
  service: {
    name: 'app',
    image: 'my/app:1.2',
    port: 8080,
    portVariable: 'PORT',
    environment: ['LOG_LEVEL=warn', 'API_KEY'],
    mounts: [{ source: './site', target: '/srv/site', writable: false }],
    command: ['node', 'server.js'],
    pull: 'missing',
    readyPath: '/items',
    readySeconds: 60,
  },
  request: { method: 'GET', path: '/items?q=1', headers: { accept: 'application/json' } },
} satisfies Partial<Plan>;
