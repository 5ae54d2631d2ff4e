import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alarmAfter, type PathAlarmState } from '../../../core/routing/metrics/path-alarm.ts';

const MINUTE = 60_000;

/** The alarms after measurements, each `[minute, settled score]`. */
function alarmsOf(...measurements: [minute: number, settled_score: number][]) {
  let state: PathAlarmState = {};
  return measurements.map(([minute, settled_score]) => {
    state = alarmAfter(state, { settled_score, at_ms: minute * MINUTE });
    return state.alarm;
  });
}

describe('the alarm of a path', () => {
  it('begins at once below 80, and becomes more severe at once below 50', () => {
    expect(alarmsOf([0, 80], [1, 79.9], [2, 50], [3, 49.9])).toEqual([
      undefined,
      ...['PATH_DEGRADED', 'PATH_DEGRADED', 'PATH_FAILED'],
    ]);
  });

  it('ends after five minutes of a good path, and not before', () => {
    expect(alarmsOf([0, 20], [1, 100], [5.999, 100], [6, 100])).toEqual([
      ...['PATH_FAILED', 'PATH_FAILED', 'PATH_FAILED'],
      undefined,
    ]);
  });

  it('becomes less severe after five minutes', () => {
    expect(alarmsOf([0, 20], [1, 70], [5.999, 70], [6, 70])).toEqual([
      ...['PATH_FAILED', 'PATH_FAILED', 'PATH_FAILED'],
      'PATH_DEGRADED',
    ]);
  });

  it('starts the five minutes again when the path is as bad as before', () => {
    expect(alarmsOf([0, 70], [1, 100], [5, 70], [6, 100], [10.999, 100], [11, 100])).toEqual([
      ...Array.from({ length: 5 }, () => 'PATH_DEGRADED'),
      undefined,
    ]);
  });

  it('is never less severe than any measurement of the last five minutes', () => {
    const measurement = fc.record({ after_s: fc.integer({ min: 1, max: 400 }), score: fc.nat(100) });
    fc.assert(
      fc.property(fc.array(measurement, { maxLength: 50 }), measurements => {
        let state: PathAlarmState = {};
        let at_ms = 0;
        let [failed_ms, degraded_ms] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
        for (const { after_s, score: settled_score } of measurements) {
          at_ms += after_s * 1000;
          state = alarmAfter(state, { settled_score, at_ms });
          if (settled_score < 80) degraded_ms = at_ms;
          if (settled_score < 50) failed_ms = at_ms;
          if (at_ms - degraded_ms < 5 * MINUTE) expect(state.alarm).toBeDefined();
          if (at_ms - failed_ms < 5 * MINUTE) expect(state.alarm).toBe('PATH_FAILED');
        }
      }),
    );
  });

  it('is a single one of a path that loses a packet now and then', () => {
    const minutes = Array.from({ length: 60 }, (_, minute): [number, number] => [
      minute,
      minute % 4 ? 100 : 67,
    ]);
    expect(new Set(alarmsOf(...minutes))).toEqual(new Set(['PATH_DEGRADED']));
  });
});
