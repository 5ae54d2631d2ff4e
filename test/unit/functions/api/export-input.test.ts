import { expect, it } from 'vitest';
import { queryBehind } from '../../../../functions/api/export-input.ts';

it.each<[Parameters<typeof queryBehind>[0], string]>([
  [{ kind: 'HISTORY' }, 'Query.trafficHistory'],
  [{ kind: 'STATS' }, 'Query.trafficStats'],
  [{ kind: 'STATS', group_by: ['SITE', 'POLICY'] }, 'Query.trafficStats'],
  [{ kind: 'STATS', group_by: ['APPLICATION'] }, 'Query.flowStats'],
  [{ kind: 'FLOWS' }, 'Query.flows'],
  [{ kind: 'AUDIT' }, 'Query.auditLog'],
])('an export of %j needs the role of %s', (request, query) => {
  expect(queryBehind(request)).toBe(query);
});
