import type { ApplicationClass } from './application-class.ts';

/**
 * The policy that always exists, matches everything at the lowest priority and can't be deleted.
 */
export const DEFAULT_POLICY_ID = 'default';

/** Characters that an id may have: of a policy, an edge, an endpoint, a path, a boot. */
export const MAX_ID_LENGTH = 128;

/** A routing policy as far as matching needs it. */
export interface PolicyRule {
  id: string;
  name: string;
  /** 0 … 1000; the highest that matches wins. */
  priority: number;
  /** A policy that is switched off matches nothing. */
  enabled: boolean;
  match: PolicyMatch;
}

/**
 * What a flow must look like. All that is given must hold; nothing given matches everything. An
 * IPv4 network never holds for an IPv6 flow, nor the other way round. Conditions on ports hold only
 * for protocols that have ports: TCP, UDP, DCCP, SCTP and UDP-Lite. Later fragments of these have
 * ports 0.
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

/** The policy that isn't stored, because it can't be changed. */
export const BUILT_IN_POLICY: PolicyRule = {
  id: DEFAULT_POLICY_ID,
  name: 'Default',
  priority: 0,
  enabled: true,
  match: {},
};

/** Priorities that a policy may have. */
export const POLICY_PRIORITY = { min: 0, max: 1000 } as const;
