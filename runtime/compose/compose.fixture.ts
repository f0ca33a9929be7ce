import { type Answer, type FakeCommander, fakeCommander } from '../machine/commander.fake.ts';
import { type ComposedApp, readComposed } from './composed-app.ts';
import { printedBy1, printedBy2 } from './recorded-config.fixture.ts';

export const shopFile = '/home/user/shop/compose.yaml';

/** A machine with docker-compose 1.29.2. */
export function compose1(
  printed = printedBy1,
  other: (line: string) => Answer | undefined = () => undefined,
) {
  return fakeCommander((line) => {
    if (line === 'docker compose version --short')
      return { exitCode: 125, stderr: 'unknown command: docker compose' };
    if (line === 'docker-compose version --short') return '1.29.2';
    return /^docker-compose -f \S+ config$/.test(line) ? printed : other(line);
  });
}

/** A machine with Docker's plugin 2.26.1. */
export function compose2(
  printed = printedBy2,
  other: (line: string) => Answer | undefined = () => undefined,
) {
  return fakeCommander((line) => {
    if (line === 'docker compose version --short') return '2.26.1';
    return /^docker compose -f \S+ config --format json$/.test(line) ? printed : other(line);
  });
}

/** A service of the recorded file. */
export function shop(commander: FakeCommander, service = 'web'): Promise<ComposedApp> {
  return readComposed(commander, { file: shopFile, service, env: {} });
}

/** A file of the given services, as 2.26.1 prints it. */
export function printed(services: Readonly<Record<string, object>>, more: object = {}): string {
  return JSON.stringify({ name: 'shop', services, ...more });
}
