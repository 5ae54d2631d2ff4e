import type { RightsRecord } from '../../../local/rights/record-rights.ts';
import type { DeployedFunction } from './deployed-rights.ts';
import { EXCEPTIONS, type UnusedRight } from './exceptions.ts';

/**
 * The faults in the rights of functions, after a run of tests: refused calls and, after all tests,
 * unused rights.
 */
export function rightsComplaints(
  functions: Record<string, DeployedFunction>,
  records: readonly RightsRecord[],
  { whole }: { whole: boolean },
): string[] {
  // Functions that only tests have.
  const deployed = records.filter(({ role }) => role in functions);
  const refused = refusals(deployed).map(refusal => `A function lacks a right. ${refusal}`);
  const unused = whole ? unusedRights(functions, records) : [];
  return [
    ...refused,
    ...unused.map(
      right =>
        `A function has a right that no test makes use of. ${right}: take it away, or say why it is needed in test/support/rights/exceptions.ts.`,
    ),
  ];
}

/** The rights of functions that no record uses, without those that have a reason. */
function unusedRights(
  functions: Record<string, DeployedFunction>,
  records: readonly RightsRecord[],
): string[] {
  const used = new Set(records.flatMap(record => ('grant' in record ? rightsIn(record).map(textOf) : [])));
  const unused = Object.entries(functions).flatMap(([role, { rights }]) =>
    rights.statements
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ actions, resources, condition }) =>
        actions.flatMap(action =>
          resources.flatMap(resource => {
            const keys = condition['ForAllValues:StringLike'];
            return rightsIn({ role, grant: { action, resource, ...(keys && { keys }) } });
          }),
        ),
      )
      .filter(right => !used.has(textOf(right)) && !isExcepted(right))
      .map(textOf),
  );
  return [...new Set(unused)];
}

/** Calls of functions without a right. */
function refusals(records: readonly RightsRecord[]): string[] {
  return records.flatMap(record => ('refused' in record ? [`${record.role}: ${record.refused}`] : []));
}

/** A grant by keys is a right for each of them. */
function rightsIn({ role, grant }: Extract<RightsRecord, { grant: unknown }>): UnusedRight[] {
  const { action, keys } = grant;
  // The id of a pool is set at its creation: the one in the templates is a placeholder.
  const resource = grant.resource
    .replace(/^arn:aws:[^:]*:[^:]*:[^:]*:/, '')
    .replace(/^userpool\/.*/, 'userpool/*');
  const right = { role, action, resource };
  return keys ? keys.map(key => ({ ...right, key })) : [right];
}

function textOf({ role, action, resource, key }: UnusedRight): string {
  return `${role}: ${action} on ${resource}${key === undefined ? '' : ` with key ${key}`}`;
}

function isExcepted(right: UnusedRight): boolean {
  return EXCEPTIONS.some(({ role, action, resource }) =>
    [
      role?.includes(right.role) ?? true,
      action.test(right.action),
      resource?.test(right.resource) ?? true,
    ].every(Boolean),
  );
}
