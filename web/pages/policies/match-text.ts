import { protocolName } from '../../../core/policy/ip-protocol.ts';
import { UNKNOWN } from '../../parts/format.ts';
import type { PolicyRow } from './operations.ts';

/**
 * The match conditions of a policy in one line. @example
 * `Web · TCP · 10.1.0.0/16 to any · port 443`
 */
export function matchText(match: PolicyRow['match']): string {
  const { application, protocol, source_cidr, destination_cidr, source_port } = match;
  const parts = [
    application,
    protocol !== null && protocolName(protocol),
    (source_cidr ?? destination_cidr) && `${source_cidr ?? 'any'} to ${destination_cidr ?? 'any'}`,
    source_port !== null && `from port ${source_port}`,
    portsText(match),
  ];
  return parts.filter(part => typeof part === 'string').join(' · ') || 'everything';
}

function portsText({
  destination_port_from: from,
  destination_port_to: to,
}: PolicyRow['match']): string | false {
  if (from === null && to === null) return false;
  if (to === null || from === to) return `port ${from}`;
  return `ports ${from ?? 0} to ${to}`;
}

/** The display name of a condition. */
export function conditionText(condition: string | null): string {
  if (condition === null) return UNKNOWN;
  return condition.toLowerCase().replace('_cidr', ' network').replace('_', ' ');
}
