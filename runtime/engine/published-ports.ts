import type { PublishedPort } from './engine.ts';

/** The part of an engine's answer about a container that says what it publishes. */
interface Inspected {
  readonly NetworkSettings: {
    readonly Ports?: Readonly<
      Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>
    > | null;
  };
}

/** `{"8080/tcp": [{"HostIp": "0.0.0.0", "HostPort": "80"}]}` → one entry an address; exposed ports have none. */
export function publishedPorts({ NetworkSettings }: Inspected): readonly PublishedPort[] {
  return Object.entries(NetworkSettings.Ports ?? {}).flatMap(([port, bindings]) => {
    const [containerPort = '', protocol] = port.split('/');
    if (protocol !== 'tcp') return [];
    return (bindings ?? []).map(({ HostIp = '', HostPort = '' }) => ({
      containerPort: Number(containerPort),
      hostAddress: HostIp,
      hostPort: Number(HostPort),
    }));
  });
}
