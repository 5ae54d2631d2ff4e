import { DEFAULT_SHAPE } from './default-shape.ts';
import { MINUTES_A_DAY, type NetworkShape } from './network-shape.ts';
import type { SimulatedUsage } from './units.ts';

/**
 * A measured network as input of the model: with its changes, and default values for the rest of
 * the deployment.
 */
export function measuredShape({ shape, minutes, changes }: SimulatedUsage): NetworkShape {
  const days = minutes / MINUTES_A_DAY;
  return {
    ...DEFAULT_SHAPE,
    // One shard carries each of them.
    retention_hours: 24,
    ...shape,
    edits_a_day: changes.edits / days,
    failures_a_day: changes.failures / shape.edges / days,
  };
}
