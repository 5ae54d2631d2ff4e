import type { ApplicationClass } from './application-class.ts';

/**
 * The policy that always exists, matches everything at the lowest priority and can't be deleted.
 */
export const DEFAULT_POLICY_ID = 'default';

/** Maximum characters of an id of a policy, edge, endpoint, path or boot. */
export const MAX_ID_LENGTH = 128;

/** The fields of a routing policy that matching needs. */
export interface PolicyRule {
  id: string;
  name: string;
  /** 0 … 1000; the highest priority that matches wins. */
  priority: number;
  /** A disabled policy matches nothing. */
  enabled: boolean;
  match: PolicyMatch;
}

/**
 * Conditions on flows. All given conditions must hold; without conditions, everything matches. An
 * IPv4 network does not match IPv6 flows, and vice versa. Conditions on ports hold only for
 * protocols that have ports: TCP, UDP, DCCP, SCTP and UDP-Lite. Later fragments of these have ports
 * 0.
 */
export interface PolicyMatch {
  /** IPv4 or IPv6 network such as `10.0.0.0/8`, or one address. */
  source_cidr?: string;
  destination_cidr?: string;
  source_port?: number;
  /** Without `destination_port_to`: exactly this port. */
  destination_port_from?: number;
  /** Inclusive. Without `destination_port_from`: from port 0. */
  destination_port_to?: number;
  /** IP protocol number, such as 6 for TCP. */
  protocol?: number;
  application?: ApplicationClass;
}

/** The default policy. It is not stored, because it can't be changed. */
export const BUILT_IN_POLICY: PolicyRule = {
  id: DEFAULT_POLICY_ID,
  name: 'Default',
  priority: 0,
  enabled: true,
  match: {},
};

/** Allowed priorities. */
export const POLICY_PRIORITY = { min: 0, max: 1000 } as const;
