import { describe, expect, it } from 'vitest';
import { inMaintenance, isOut, isStillOut, outFor } from '../../../core/routing/failover/path-out.ts';
import { type PathState, withdrawPath } from '../../../core/routing/failover/path-state.ts';
import { pathStatus } from '../../../core/routing/failover/path-status.ts';
import { changesSides } from '../../../core/routing/failover/replaced-states.ts';
import type { PathMetrics } from '../../../core/routing/health/path-metrics.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A state that keeps a policy out, which began and was measured a minute ago. */
const out = (more: Partial<PathState> = {}): PathState => ({
  out: true,
  since_ms: NOW - MINUTE,
  seen_ms: NOW - MINUTE,
  ...more,
});
const back: PathState = { out: false, since_ms: NOW - MINUTE, seen_ms: NOW - MINUTE };

describe('a path withdrawn by an operator', () => {
  it.each<[string, PathState | undefined, boolean]>([
    ['until a later time', out({ until_ms: NOW + 1 }), true],
    ['until now', out({ until_ms: NOW }), false],
    ['until it is restored', out({ until_restored: true }), true],
    ['without terms', out(), false],
    ['that has come back', { ...out({ until_restored: true }), out: false }, false],
    ['without a state', undefined, false],
  ])('%s is in maintenance: $2', (_how, state, expected) => {
    expect(inMaintenance(state, NOW)).toBe(expected);
  });

  it("is out for every policy, whatever the policy's own state is", () => {
    const policies = { '*': out({ until_restored: true }), 'p-1': back };
    expect(isOut({ policies }, { policy_id: 'p-1', now: NOW })).toBe(true);
    expect(outFor({ policies }, { enabled: ['p-1', 'p-2'], now: NOW })).toEqual(['*']);
  });
});

describe('the state of a path keeps a policy out', () => {
  it.each<[string, PathState | undefined, boolean]>([
    ['that was measured 59 minutes ago', out({ seen_ms: NOW - HOUR + 1 }), true],
    ['that was not measured for an hour', out({ seen_ms: NOW - HOUR }), false],
    ['after a maintenance in which it was measured bad', out({ until_ms: NOW, seen_ms: NOW - 1 }), true],
    ['after a maintenance in which nothing was measured', out({ until_ms: NOW }), false],
    [
      'after a maintenance in which it was measured five minutes ago',
      out({ since_ms: NOW - HOUR, until_ms: NOW, seen_ms: NOW - 5 * MINUTE }),
      false,
    ],
    ['that is not out', back, false],
    ['that does not exist', undefined, false],
  ])('%s: $2', (_which, state, expected) => {
    expect(isStillOut(state, NOW)).toBe(expected);
  });
});

describe('the policies that must not use a path', () => {
  const enabled = ['p-1', 'p-2', 'p-3'];

  it.each<[string, Record<string, PathState>, string[]]>([
    ['all, by one name, after an operator withdrew it', { '*': out() }, ['*']],
    ['all but those that have returned', { '*': out(), 'p-1': back }, ['p-2', 'p-3']],
    ['those that left it', { 'p-1': out(), 'p-2': back }, ['p-1']],
    ['none if all states have expired', { 'p-1': out({ seen_ms: NOW - HOUR }) }, []],
    ['none if nothing is stored', {}, []],
  ])('are %s', (_which, policies, expected) => {
    expect(outFor({ policies }, { enabled, now: NOW }).toSorted()).toEqual(expected);
    for (const policy_id of enabled) {
      const isNamed = expected.includes('*') || expected.includes(policy_id);
      expect(isOut({ policies }, { policy_id, now: NOW })).toBe(isNamed);
    }
  });
});

describe('a withdrawal', () => {
  it('keeps the time of the last judged measurement', () => {
    const state = { out: false, since_ms: 0, seen_ms: NOW + 5000 };
    expect(withdrawPath(state, { now: NOW, week: undefined })).toEqual({
      out: true,
      since_ms: NOW,
      seen_ms: NOW + 5000,
    });
    expect(withdrawPath(undefined, { now: NOW, week: undefined }).seen_ms).toBe(NOW);
  });
});

describe('the status of a path', () => {
  const measured = (settled_score: number, age_ms = 0): PathMetrics => ({
    latency_ms: 10,
    jitter_ms: 1,
    packet_loss_pct: 0,
    bandwidth_mbps: 100,
    settled_score,
    measured_at: new Date(NOW - age_ms).toISOString(),
  });

  it.each<[string, PathMetrics | undefined, string[], string[]]>([
    ['OPTIMAL', measured(80), [], ['p-1']],
    ['OPTIMAL', measured(80), [], []],
    ['DEGRADED', measured(79), [], ['p-1']],
    ['FAILED', measured(49), [], ['p-1']],
    ['UNKNOWN', undefined, [], ['p-1']],
    ['UNKNOWN', measured(90, 5 * MINUTE + 1), [], ['p-1']],
    ['OUT', measured(49), ['*'], ['p-1']],
    ['OUT', measured(90), ['p-1', 'p-2'], ['p-1', 'p-2']],
    ['OUT', undefined, ['p-1'], ['p-1']],
    ['OPTIMAL', measured(90), ['p-1'], ['p-1', 'p-2']],
    ['FAILED', measured(49), ['p-1'], ['p-1']],
  ])('is %s: %#', (expected, metrics, out_for, enabled) => {
    expect(pathStatus({ metrics, out_for, enabled: new Set(enabled), now: NOW })).toBe(expected);
  });
});

describe('the policies on a path change', () => {
  it.each<[string, PathState | undefined, PathState | undefined, boolean]>([
    ['a policy that leaves', undefined, out(), true],
    ['a policy that comes back', out(), back, true],
    ['a policy that is out again since a later time', out(), out({ since_ms: NOW }), true],
    ['other terms', out({ until_ms: NOW }), out({ until_ms: NOW + 1 }), true],
    ['a new end: when it is restored', out(), out({ until_restored: true }), true],
    ['only a measurement', out(), out({ seen_ms: NOW, good_since_ms: NOW }), false],
  ])('with %s: $3', (_what, before, after, expected) => {
    const policies = (state: PathState | undefined) => (state ? { 'p-1': state } : {});
    expect(changesSides(policies(before), policies(after))).toBe(expected);
  });
});
