import { describe, expect, it } from 'vitest';
import { askedTrends } from '../../../web/pages/policies/asked-trends.ts';
import { argumentsOf, draftOf, valuesOf } from '../../../web/pages/policies/policy-draft.ts';
import { routingArguments } from '../../../web/pages/policies/routing-arguments.ts';

const POLICY = {
  id: 'p-1',
  name: 'Voice',
  priority: 10,
  enabled: true,
  built_in: false,
  updated_at: '2026-01-31T12:00:00.000Z',
  match: {
    source_cidr: '10.1.0.0/16',
    destination_cidr: null,
    source_port: null,
    destination_port_from: 5060,
    destination_port_to: null,
    protocol: 17,
    application: null,
  },
};

describe('the fields of a policy', () => {
  it('contain the policy, and convert back', () => {
    const { name, priority, match } = POLICY;
    expect(argumentsOf(valuesOf(POLICY))).toEqual({ name, priority, match });
  });

  it('are empty for a new policy, and contain no draft', () => {
    expect(Object.values(argumentsOf(valuesOf(undefined)).match)).toEqual(Array(7).fill(null));
    expect(draftOf(valuesOf(undefined), undefined)).toBeUndefined();
  });

  it.each([
    ['nothing was changed', {}, undefined],
    ['only its name was changed, which moves nothing', { name: 'Calls' }, undefined],
    ['no priority is given', { priority: ' ' }, undefined],
    ['the text is not a number', { priority: '1x' }, { priority: -1 }],
    ['a condition was emptied', { 'match.protocol': '' }, { match: { ...POLICY.match, protocol: null } }],
    ['a name was emptied too', { name: '  ', priority: '11' }, { name: 'Draft', priority: 11 }],
  ])('make a draft of the policy: %s', (_, typed, expected) => {
    const draft = draftOf({ ...valuesOf(POLICY), ...typed }, POLICY);
    const { name, priority, match } = POLICY;
    expect(draft).toEqual(expected && { id: 'p-1', name, priority, match, ...expected });
  });
});

describe("the fields of a policy's routing", () => {
  it.each([
    ['empty ones have their defaults', { failover_below: ' ' }, { failover_below: null }],
    ['a decimal is taken', { failover_below: '52.5' }, { failover_below: 52.5 }],
    [
      'text that is not a number is left for the API to reject',
      { failover_below: 'low' },
      { failover_below: -1 },
    ],
  ])('%s', (_, given, expected) => {
    expect(routingArguments(given, 'LOWEST_COST')).toEqual({
      ...{ preference: 'LOWEST_COST', weights: null },
      ...{ failback_above: null, failback_hold_seconds: null },
      ...expected,
    });
  });

  it('have weights only if the policy prefers by weights', () => {
    const given = { 'weights.latency': '2', 'weights.loss': '' };
    const weights = { latency: 2, jitter: null, loss: null, bandwidth: null, cost: null };
    expect(routingArguments(given, 'CUSTOM').weights).toEqual(weights);
  });
});

describe('the trends that a table requests', () => {
  const policies = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `p-${index}` }));

  it('are those of all policies if one answer holds them', () => {
    expect(askedTrends(policies(50), { first: 0, last: 20 })).toBeNull();
  });

  it.each([
    ['the visible policies', { first: 30, last: 33 }, ['p-30', 'p-31', 'p-32', 'p-33']],
    ['the existing policies at the end', { first: 49, last: 60 }, ['p-49', 'p-50']],
    ['at most as many policies as a filter holds', { first: 0, last: 40 }, policies(20).map(({ id }) => id)],
  ])('are those of %s if there are more', (_, sight, expected) => {
    expect(askedTrends(policies(51), sight)).toEqual(expected);
  });
});
