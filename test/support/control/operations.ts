import type { Planner } from './control-state.ts';
import { POLICY_OPERATIONS } from './policy-operations.ts';
import { ROUTING_OPERATIONS } from './routing-operations.ts';
import { SITE_OPERATIONS } from './site-operations.ts';
import { TRAFFIC_OPERATIONS } from './traffic-operations.ts';

/** Every change of the control plane in the model, by its mutation. */
export const OPERATIONS = {
  ...SITE_OPERATIONS,
  ...POLICY_OPERATIONS,
  ...TRAFFIC_OPERATIONS,
  ...ROUTING_OPERATIONS,
} satisfies Record<string, Planner>;
