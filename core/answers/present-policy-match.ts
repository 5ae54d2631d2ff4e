import type { PolicyMatch as Presented } from '../../graphql/schema.generated.ts';
import type { PolicyMatch } from '../policy/policy.ts';

/** Match rules in the form of the API: null for fields without a condition. */
export function presentPolicyMatch(match: PolicyMatch): Presented {
  return {
    source_cidr: match.source_cidr ?? null,
    destination_cidr: match.destination_cidr ?? null,
    source_port: match.source_port ?? null,
    destination_port_from: match.destination_port_from ?? null,
    destination_port_to: match.destination_port_to ?? null,
    protocol: match.protocol ?? null,
    application: match.application ?? null,
  };
}
