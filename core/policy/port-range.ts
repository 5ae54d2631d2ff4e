import type { PolicyMatch } from './policy.ts';

/** Destination ports that match rules want, both ends inclusive; undefined where they want none. */
export function portRange({
  destination_port_from,
  destination_port_to,
}: PolicyMatch): { from: number; to: number } | undefined {
  if (destination_port_from === undefined && destination_port_to === undefined) return undefined;
  const from = destination_port_from ?? 0;
  return { from, to: destination_port_to ?? from };
}
