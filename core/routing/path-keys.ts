/**
 * Keys of the Traffic table's items about a path: what changes by the minute, unlike the path
 * itself.
 */
const partition = (pathId: string): string => `PATH#${pathId}`;

/** What was measured last. */
export const metricsKey = (pathId: string) => ({ pk: partition(pathId), sk: 'METRICS' });

/** Which policies have left the path. */
export const statesKey = (pathId: string) => ({ pk: partition(pathId), sk: 'STATES' });

/** The probe that was ordered last; it expires. */
export const probingKey = (pathId: string) => ({ pk: partition(pathId), sk: 'PROBING' });

/** The outcome of a probe that was asked for; it expires. */
export const probeKey = (pathId: string, commandId: string) => ({
  pk: partition(pathId),
  sk: `PROBE#${commandId}`,
});
