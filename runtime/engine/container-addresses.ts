/** The networks of a container, as an engine's answer to an inspection has them. */
interface Inspected {
  readonly NetworkSettings: {
    readonly Networks: Readonly<
      Record<string, { readonly IPAddress: string; readonly GlobalIPv6Address: string }>
    >;
  };
}

/** Engines write an address that a container does not have as an empty text. */
export function addressesOf(state: Inspected) {
  const networks = Object.values(state.NetworkSettings.Networks);
  const address = networks.map(({ IPAddress }) => IPAddress).find((text) => text !== '');
  const address6 = networks.map(({ GlobalIPv6Address }) => GlobalIPv6Address).find((text) => text !== '');
  return { address, ...(address6 === undefined ? {} : { address6 }) };
}
