/**
 * Keys of the Traffic table's items about a path: what changes by the minute, unlike the path
 * itself.
 */
const partition = (pathId: string): string => `PATH#${pathId}`;

/** What was measured last. */
export const metricsKey = (pathId: string) => ({ pk: partition(pathId), sk: 'METRICS' });

/** Which policies have left the path. */
export const statesKey = (pathId: string) => ({ pk: partition(pathId), sk: 'STATES' });

/** Which policies had left the path until an instant, RFC 3339; it expires. */
export const replacedStatesKey = (pathId: string, until: string) => ({
  pk: partition(pathId),
  sk: `${REPLACED}${until}`,
});

/** Keys of what was replaced after an instant. */
export const replacedStatesRange = (pathId: string, at: string) => ({
  pk: partition(pathId),
  after: `${REPLACED}${at}#`,
  last: `${REPLACED}~`,
});

const REPLACED = 'REPLACED#';

/** The probe that was ordered last; it expires. */
export const probingKey = (pathId: string) => ({ pk: partition(pathId), sk: 'PROBING' });

/** The outcome of a probe that was asked for; it expires. */
export const probeKey = (pathId: string, commandId: string) => ({
  pk: partition(pathId),
  sk: `PROBE#${commandId}`,
});
