import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { failureOf, type OpenContracted, workshopOf } from './engine-workshop.fixture.ts';

/** A container's network stack, its address, and the ports that it publishes. */
export function containerNetworkContract(open: OpenContracted): void {
  const workshop = () => workshopOf(open);

  test('published ports are discarded in host mode, and the engine says so in its answer', async () => {
    const { create } = await workshop();
    const publish = [{ containerPort: 8080, hostPort: 18_080, hostAddresses: ['127.0.0.1'] }];
    const onHost = await create('a', { attachment: { kind: 'host' }, publish });
    expect(onHost.warnings.join('\n')).toMatch(/published ports are discarded/i);
    expect((await create('b', { attachment: { kind: 'bridge' }, publish })).warnings).toEqual([]);
  });

  test('what a container publishes is told while it runs, what was asked for always; by name as by id', async () => {
    const { engine, create, specOf } = await workshop();
    const publish = [{ containerPort: 8080, hostPort: 18_081, hostAddresses: ['127.0.0.1'] }];
    const onBridge = await create('a', { attachment: { kind: 'bridge' }, publish });
    const onHost = await create('b', { attachment: { kind: 'host' }, publish });
    const { name } = specOf('a');
    const asked = { requestedPorts: ['8080/tcp'] };
    expect(await engine.inspect(name)).toMatchObject({ id: onBridge.id, name, published: [], ...asked });
    await Promise.all([onBridge.start(), onHost.start()]);
    expect((await engine.inspect(onBridge.id))?.published).toEqual([
      { containerPort: 8080, hostAddress: '127.0.0.1', hostPort: 18_081 },
    ]);
    expect(await engine.inspect(onHost.id)).toMatchObject({ published: [], ...asked });
  });

  test('a container on the bridge has an address while it runs, one in the host stack has none', async () => {
    const { engine, create } = await workshop();
    const onBridge = await create('a', { attachment: { kind: 'bridge' } });
    const onHost = await create('b', { attachment: { kind: 'host' } });
    expect(await engine.inspect(onBridge.id)).toMatchObject({ address: undefined, networkMode: 'bridge' });
    await Promise.all([onBridge.start(), onHost.start()]);
    expect((await engine.inspect(onBridge.id))?.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(await engine.inspect(onHost.id)).toMatchObject({ address: undefined, networkMode: 'host' });
  });

  test('the default bridge is named, and whether containers on it may reach each other', async () => {
    const { engine } = await workshop();
    expect(await engine.defaultBridge()).toEqual({ exists: true, device: 'docker0', icc: true });
  });

  test('containers on the bridge have different addresses', async () => {
    const { engine, create } = await workshop();
    const ids = await Promise.all(
      ['a', 'b', 'c'].map(async (suffix) => {
        const container = await create(suffix, { attachment: { kind: 'bridge' } });
        await container.start();
        return container.id;
      }),
    );
    const found = await Promise.all(ids.map(async (id) => (await engine.inspect(id))?.address));
    expect(new Set(found).size).toBe(3);
    expect(found).not.toContain(undefined);
  });

  test('a container joins the stack of another one that runs, not of one that does not', async () => {
    const { engine, create, specOf } = await workshop();
    const holder = await create('holder', { attachment: { kind: 'bridge' } });
    const joining = await create('a', { attachment: { kind: 'container', id: holder.id } });
    const failure = await failureOf(joining.start());
    expect(failure.kind).toBe('casesFailed');
    expect(failure.message).toContain(`the engine refused to start ${specOf('a').name}`);
    expect(failure.message).toMatch(/non running container/);
    expect(await engine.inspect(joining.id)).toMatchObject({ running: false });

    await holder.start();
    await joining.start();
    expect(await engine.inspect(joining.id)).toMatchObject({
      running: true,
      address: undefined,
      networkMode: `container:${holder.id}`,
    });
  });

  test('a published port is taken while its container runs; the failure says how to see by whom', async () => {
    const { engine, create, specOf } = await workshop();
    const hostPort = await freePort();
    const attachment = { kind: 'bridge' } as const;
    const publish = [{ containerPort: 8080, hostPort, hostAddresses: ['127.0.0.1'] }];
    const first = await create('a', { attachment, publish });
    const second = await create('b', { attachment, publish });
    await first.start();
    const failure = await failureOf(second.start());
    expect(failure.kind).toBe('casesFailed');
    expect(failure.message).toContain(specOf('b').name);
    expect(failure.message).toContain(`127.0.0.1:${hostPort}`);
    expect(failure.hint).toContain('ss -ltnp');
    expect(await engine.inspect(second.id)).toMatchObject({ running: false });

    await engine.remove(first.id);
    await second.start();
    expect(await engine.inspect(second.id)).toMatchObject({ running: true });
  });

  test('one port is published on several addresses', async () => {
    const { engine, create } = await workshop();
    const hostPort = await freePort();
    const container = await create('a', {
      attachment: { kind: 'bridge' },
      publish: [{ containerPort: 8080, hostPort, hostAddresses: ['127.0.0.1', '127.0.0.2'] }],
    });
    await container.start();
    expect(await engine.inspect(container.id)).toMatchObject({ running: true });
  });
}

/** A port of this machine on which no process listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
