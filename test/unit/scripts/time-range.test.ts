import { expect, it } from 'vitest';
import { timeRange } from '../../../scripts/ask/time-range.ts';

const NOW = Date.parse('2026-01-31T12:00:00Z');

it.each([
  [
    'both',
    'query ($from: AWSDateTime!, $to: AWSDateTime!) { x }',
    { from: '2026-01-31T11:00:00.000Z', to: '2026-01-31T12:00:00.000Z' },
  ],
  ['only the beginning', 'query ($from : AWSDateTime) { x }', { from: '2026-01-31T11:00:00.000Z' }],
  ['none, if it declares none', '{ policyHistory(from: $from) { x } }', {}],
  ['none, if others are given', 'query ($from_site: ID!) { x }', {}],
])('a query gets the times that it declares: %s', (_, query, variables) => {
  expect(timeRange(query, 3_600_000, NOW)).toEqual(variables);
});
