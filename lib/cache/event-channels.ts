import { channel, type Channel } from 'node:diagnostics_channel';

/** For each name a channel of `node:diagnostics_channel`, `freshkeep:<name>`, which all caches of this process share. */
export function channelsFor<N extends string>(names: Readonly<Record<N, true>>): Readonly<Record<N, Channel>> {
  const channels = Object.keys(names).map((name) => [name, channel(`freshkeep:${name}`)] as const);
  return Object.fromEntries(channels) as Record<N, Channel>;
}
