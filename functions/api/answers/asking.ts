import type { Call } from '../resolver.ts';

/** Of a call, what an answer on traffic is made with: the same for a request and for an export. */
export type Asking = Pick<Call, 'context' | 'slots' | 'retention' | 'flow_log_ttl_hours'>;
