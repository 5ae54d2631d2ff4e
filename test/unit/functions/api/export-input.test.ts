import { expect, it } from 'vitest';
import type { ExportRequest } from '../../../../core/export/export-request.ts';
import { queryBehind } from '../../../../functions/api/export-input.ts';

it.each<[Pick<ExportRequest, 'kind' | 'group_by'>, string]>([
  [{ kind: 'HISTORY' }, 'Query.trafficHistory'],
  [{ kind: 'STATS' }, 'Query.trafficStats'],
  [{ kind: 'STATS', group_by: ['SITE', 'POLICY'] }, 'Query.trafficStats'],
  [{ kind: 'STATS', group_by: ['APPLICATION'] }, 'Query.flowStats'],
  [{ kind: 'FLOWS' }, 'Query.flows'],
  [{ kind: 'AUDIT' }, 'Query.auditLog'],
])('an export of %j needs the role of %s', (request, query) => {
  expect(queryBehind(request)).toBe(query);
});
