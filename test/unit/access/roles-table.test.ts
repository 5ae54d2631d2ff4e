import { readFileSync } from 'node:fs';
import { type DirectiveNode, Kind, type ObjectTypeDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../core/access/caller.ts';
import {
  type Access,
  authorize,
  type OperationName,
  PUBLICATIONS,
  ROLES,
} from '../../../core/access/roles.ts';
import { type Audience, EXPECTED_ACCESS } from '../../support/expected-access.ts';

const schema = parse(readFileSync('graphql/schema.graphql', 'utf8'));
const types = schema.definitions.filter(
  (definition): definition is ObjectTypeDefinitionNode => definition.kind === Kind.OBJECT_TYPE_DEFINITION,
);
const operations = types
  .filter(type => type.name.value === 'Query' || type.name.value === 'Mutation')
  .flatMap(type =>
    (type.fields ?? []).map(field => ({ name: `${type.name.value}.${field.name.value}`, field })),
  );

const names = Object.keys(ROLES) as OperationName[];
const access = (name: string): Access | undefined =>
  (({ ...ROLES, ...PUBLICATIONS }) as Record<string, Access>)[name];

describe('the table of roles and the schema', () => {
  it('have the same operations', () => {
    expect(operations.map(({ name }) => name).sort()).toEqual(
      [...names, ...Object.keys(PUBLICATIONS)].sort(),
    );
  });

  it.each(operations)('$name admits the same callers in the schema as in the table', ({ name, field }) => {
    const row = access(name);
    const people = (field.directives ?? []).find(({ name }) => name.value === 'aws_cognito_user_pools');
    const machines = (field.directives ?? []).some(({ name }) => name.value === 'aws_iam');
    expect({ machines, people: people && groupsOf(people) }).toEqual({
      machines: row?.machines,
      people: row?.people ? ['admin', 'operator', 'viewer'] : undefined,
    });
  });

  it('open every type that machines can reach to machines', () => {
    const open = new Set(types.filter(type => hasBoth(type)).map(type => type.name.value));
    const reachable = new Set<string>();
    for (const { name, field } of operations) {
      if (access(name)?.machines) reach(innerName(field.type), reachable);
    }
    expect([...reachable].filter(type => !open.has(type))).toEqual([]);
  });
});

function groupsOf(directive: DirectiveNode): string[] {
  const value = directive.arguments?.[0]?.value;
  return value?.kind === Kind.LIST
    ? value.values.map(each => (each.kind === Kind.STRING ? each.value : ''))
    : [];
}

function hasBoth(type: ObjectTypeDefinitionNode): boolean {
  const directives = (type.directives ?? []).map(({ name }) => name.value);
  return directives.includes('aws_iam') && directives.includes('aws_cognito_user_pools');
}

function reach(name: string, seen: Set<string>): void {
  const type = types.find(each => each.name.value === name);
  if (!type || seen.has(name)) return;
  seen.add(name);
  for (const field of type.fields ?? []) reach(innerName(field.type), seen);
}

function innerName(type: import('graphql').TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : innerName(type.type);
}

const person = (...groups: string[]): Caller => ({
  kind: 'PERSON',
  sub: 's',
  username: null,
  email: null,
  groups,
  source_ip: null,
  request_id: null,
});
const machine: Caller = { ...person(), kind: 'MACHINE' };

const callers = {
  admin: person('admin'),
  operator: person('operator'),
  viewer: person('viewer'),
  'viewer and admin': person('viewer', 'admin'),
  'no group': person(),
  'a group of somebody else': person('Admin', 'root'),
  machine,
} as const;

const allowed: Record<Audience, Record<keyof typeof callers, boolean>> = {
  forAll: yes('admin', 'operator', 'viewer', 'viewer and admin', 'machine'),
  forPeople: yes('admin', 'operator', 'viewer', 'viewer and admin'),
  forOperators: yes('admin', 'operator', 'viewer and admin'),
  forAdmins: yes('admin', 'viewer and admin'),
  forMachines: yes('machine'),
};

function yes(...who: (keyof typeof callers)[]): Record<keyof typeof callers, boolean> {
  const entries = Object.keys(callers).map(name => [name, who.includes(name as keyof typeof callers)]);
  return Object.fromEntries(entries);
}

describe('authorize', () => {
  it.each(names)('%s admits exactly its own callers', name => {
    const outcome = Object.entries(callers).map(([who, caller]) => [who, letsIn(name, caller)]);
    expect(Object.fromEntries(outcome)).toEqual(allowed[EXPECTED_ACCESS[name]]);
  });

  it.each([
    [
      'Mutation.deletePolicy',
      'viewer',
      'deletePolicy needs group operator, and you are in viewer. Ask an administrator for it.',
    ],
    [
      'Query.policies',
      'no group',
      'policies needs group viewer, and you are in no group. Ask an administrator for it.',
    ],
    [
      'Mutation.deletePolicy',
      'machine',
      'deletePolicy is for people only: sign in as one of group operator.',
    ],
  ] as const)('rejects %s by a caller (%s) with the required group', (operation, who, message) => {
    expect(() => authorize(operation, callers[who])).toThrow(
      expect.objectContaining({ errorType: 'Unauthorized', message }),
    );
  });
});

function letsIn(name: OperationName, caller: Caller): boolean {
  try {
    authorize(name, caller);
    return true;
  } catch {
    return false;
  }
}
