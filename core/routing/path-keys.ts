/**
 * Keys of the Traffic table's items of a path. They change each minute; the path itself is in the
 * Network table.
 */
const partition = (pathId: string): string => `PATH#${pathId}`;

/** The last measurement. */
export const metricsKey = (pathId: string) => ({ pk: partition(pathId), sk: 'METRICS' });

/** Which policies have left the path. */
export const statesKey = (pathId: string) => ({ pk: partition(pathId), sk: 'STATES' });

/** Which policies had left the path until an instant, RFC 3339; the item expires. */
export const replacedStatesKey = (pathId: string, until: string) => ({
  pk: partition(pathId),
  sk: `${REPLACED}${until}`,
});

/** The range of the states that were replaced after an instant. */
export const replacedStatesRange = (pathId: string, at: string) => ({
  pk: partition(pathId),
  after: `${REPLACED}${at}#`,
  last: `${REPLACED}~`,
});

const REPLACED = 'REPLACED#';

/** The probe that was ordered last; the item expires. */
export const probingKey = (pathId: string) => ({ pk: partition(pathId), sk: 'PROBING' });

/** The outcome of an ordered probe; the item expires. */
export const probeKey = (pathId: string, commandId: string) => ({
  pk: partition(pathId),
  sk: `PROBE#${commandId}`,
});
