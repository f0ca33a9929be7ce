import type { ContainerNetwork, PublishedPort } from './engine.ts';

/** The networks of a container, as an engine's answer to an inspection has them. */
interface Attached {
  readonly HostConfig: { readonly NetworkMode?: string | undefined };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, InspectedNetwork>> };
}

interface InspectedNetwork {
  readonly NetworkID: string;
  readonly Gateway: string;
  readonly IPAddress: string;
  readonly GlobalIPv6Address: string;
}

/** Engines write an address that a container does not have as an empty text. */
export function addressesOf(state: Attached) {
  const networks = Object.entries(state.NetworkSettings.Networks);
  const [, own] = networks.find(([name, it]) => isStartedOn(state, name, it)) ?? networks[0] ?? [];
  return {
    address: own?.IPAddress || undefined,
    ...(own?.GlobalIPv6Address ? { address6: own.GlobalIPv6Address } : {}),
    networks: networks.map(
      ([name, { Gateway }]): ContainerNetwork => ({ name, ...(Gateway === '' ? {} : { gateway: Gateway }) }),
    ),
  };
}

/**
 * Whether a container was started on this network. It may be connected to others later. The engine sorts
 * networks by name, so that their order says nothing.
 */
function isStartedOn({ HostConfig }: Attached, name: string, { NetworkID }: InspectedNetwork): boolean {
  const { NetworkMode = 'default' } = HostConfig;
  const mode = NetworkMode === 'default' ? 'bridge' : NetworkMode;
  return mode === name || mode === NetworkID;
}

/** The part of an engine's answer about a container that says what it publishes. */
interface Publishing {
  readonly NetworkSettings: {
    readonly Ports?: Readonly<
      Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>
    > | null;
  };
}

/** `{"8080/tcp": [{"HostIp": "0.0.0.0", "HostPort": "80"}]}` → one entry an address; exposed ports have none. */
export function publishedPorts({ NetworkSettings }: Publishing): readonly PublishedPort[] {
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

/** The part of an engine's answer about an image that says how the health of its containers is checked. */
interface HealthChecked {
  readonly Healthcheck?:
    | { readonly Test?: readonly string[] | undefined; readonly Interval?: number | undefined }
    | null
    | undefined;
}

/** What the engine takes where an image names no interval. */
const usualIntervalSeconds = 30;

/** Seconds between two health checks of an image's containers. The engine writes intervals in nanoseconds, and 0 for the usual. */
export function healthCheckSeconds(config: HealthChecked | undefined): number | undefined {
  const { Test: [kind] = [], Interval = 0 } = config?.Healthcheck ?? {};
  if (kind === undefined || kind === '' || kind === 'NONE') return undefined;
  return Interval === 0 ? usualIntervalSeconds : Interval / 1e9;
}
