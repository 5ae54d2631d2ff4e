import { buildSchema, type GraphQLOutputType, isListType, isNonNullType, isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { presentFrozen } from '../../../core/answers/freeze-incident.ts';
import type { Incident } from '../../../core/incidents/incident.ts';
import { APPSYNC_DEFINITIONS } from '../../../local/gateway/schema/appsync-definitions.ts';
import { SDL } from '../../support/operation-documents.ts';
import { projectText } from '../../support/project-files.ts';

const schema = buildSchema(SDL + APPSYNC_DEFINITIONS);

const INCIDENT: Incident = {
  id: '01KG9YWWM0JP1DRGDTWK9J2CBY',
  name: 'Berlin cut off',
  from: '2026-01-31T12:03:00.000Z',
  to: '2026-01-31T12:04:00.000Z',
  scope: { policy_id: null, site_id: null, peer_site_id: null },
  created_by: {
    ...{ kind: 'PERSON', sub: 'sub-of-admin', username: 'admin', email: 'admin@example.com' },
    ...{ groups: ['admin'], source_ip: null, request_id: null },
  },
  created_at: '2026-01-31T12:05:00.000Z',
  updated_at: '2026-01-31T12:05:00.000Z',
};

it('returns the required fields of an incident that the first release with incidents stored', () => {
  const stored = JSON.parse(projectText('test/support/incidents/version-1.json'));
  const frozen = presentFrozen(INCIDENT, stored, undefined);
  expect(frozen.log.length * frozen.decisions.length * frozen.changes.items.length).toBeGreaterThan(0);
  expect(missing(frozen, schema.getType('FrozenIncident') as GraphQLOutputType, 'incident')).toEqual([]);
});

/** The paths of values that the schema requires and that are missing. */
function missing(value: unknown, type: GraphQLOutputType, way: string): string[] {
  if (isNonNullType(type)) {
    return value === null || value === undefined ? [way] : missing(value, type.ofType, way);
  }
  if (value === null || value === undefined) return [];
  if (isListType(type)) {
    return (value as unknown[]).flatMap((item, index) => missing(item, type.ofType, `${way}.${index}`));
  }
  if (!isObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap(field =>
    missing((value as Record<string, unknown>)[field.name], field.type, `${way}.${field.name}`),
  );
}
