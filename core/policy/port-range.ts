import type { PolicyMatch } from './policy.ts';

/** A range of ports, both ends inclusive. */
export interface PortRange {
  from: number;
  to: number;
}

export const MAX_PORT = 65_535;

/** Parses `443` or `8000-8100`; undefined for anything else. */
export function parsePortRange(text: string): PortRange | undefined {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (first === undefined) return undefined;
  const range = { from: Number(first), to: Number(last) };
  return range.from <= range.to && range.to <= MAX_PORT ? range : undefined;
}

/**
 * The destination ports that match rules require, both ends inclusive; undefined if they have no
 * such condition.
 */
export function portRange({
  destination_port_from,
  destination_port_to,
}: PolicyMatch): PortRange | undefined {
  if (destination_port_from === undefined && destination_port_to === undefined) return undefined;
  const from = destination_port_from ?? 0;
  return { from, to: destination_port_to ?? from };
}
