import { describe, expect, it } from 'vitest';
import type { Identity } from '../../../../local/gateway/auth/identity.ts';
import type { ApiOptions, AuthMode } from '../../../../local/gateway/gateway-options.ts';
import { readAccessRules } from '../../../../local/gateway/schema/access-rules.ts';
import { buildSchema } from '../../../../local/gateway/schema/build-schema.ts';

const cognito: AuthMode = { type: 'AMAZON_COGNITO_USER_POOLS', issuer: 'i', jwksUri: 'j' };
const iam: AuthMode = { type: 'AWS_IAM' };
const apiKey: AuthMode = { type: 'API_KEY', keys: [] };

const identity = (mode: Identity['mode'], ...groups: string[]): Identity => ({
  mode,
  groups,
  expiresAtMs: null,
  shown: null,
});

/** The admitted callers, of all that exist. */
const EVERYBODY: Record<string, Identity> = {
  admin: identity('AMAZON_COGNITO_USER_POOLS', 'admin'),
  'operator and viewer': identity('AMAZON_COGNITO_USER_POOLS', 'operator', 'viewer'),
  nobody: identity('AMAZON_COGNITO_USER_POOLS'),
  machine: identity('AWS_IAM'),
  key: identity('API_KEY'),
};

function letIn(field: string, type: string, api: ApiOptions): string[] {
  const schema = buildSchema(`type Query { root: Thing } type Thing ${type} { field: String ${field} }`);
  const may = readAccessRules(schema, api);
  return Object.keys(EVERYBODY).filter(name => may(EVERYBODY[name]!, 'Thing', 'field'));
}

const people = ['admin', 'operator and viewer', 'nobody'];
const onAdmin = '@aws_cognito_user_pools(cognito_groups: ["admin"])';
const onViewer = '@aws_cognito_user_pools(cognito_groups: ["viewer", "auditor"])';

describe('access to a field', () => {
  const several: ApiOptions = { defaultMode: cognito, additionalModes: [iam, apiKey] };

  it.each([
    ['', '', people],
    ['', '@aws_iam', ['machine']],
    ['', '@aws_iam @aws_cognito_user_pools', [...people, 'machine']],
    ['', '@aws_api_key @aws_iam', ['machine', 'key']],
    ['', onAdmin, ['admin']],
    ['', onViewer, ['operator and viewer']],
    ['', `${onAdmin} @aws_iam`, ['admin', 'machine']],
    ['@aws_iam', '', ['machine']],
    ['@aws_iam', onAdmin, ['machine']],
    ['@aws_cognito_user_pools', '@aws_iam', people],
    [onViewer, onAdmin, ['operator and viewer']],
    [onAdmin, '@aws_cognito_user_pools', ['admin']],
    ['@aws_cognito_user_pools(cognito_groups: [])', '', people],
    ['@aws_oidc', '', []],
    ['@aws_lambda', '@aws_iam', []],
    ['@aws_auth(cognito_groups: ["admin"])', '', people],
  ])('field %j of a type %j', (field, type, expected) => {
    expect(letIn(field, type, several)).toEqual(expected);
  });

  it('is by the default mode, for any such mode', () => {
    expect(letIn('', '', { defaultMode: iam, additionalModes: [cognito] })).toEqual(['machine']);
    expect(letIn('', '', { defaultMode: apiKey, additionalModes: [cognito] })).toEqual(['key']);
    expect(letIn('@aws_cognito_user_pools', '', { defaultMode: apiKey, additionalModes: [cognito] })).toEqual(
      people,
    );
  });

  it('is denied if the default is to deny, except to named groups', () => {
    const deny: ApiOptions = { defaultMode: { ...cognito, defaultAction: 'DENY' }, additionalModes: [iam] };
    expect(letIn('', '', deny)).toEqual([]);
    expect(letIn(onAdmin, '', deny)).toEqual(['admin']);
    expect(letIn('@aws_iam', '', deny)).toEqual(['machine']);
  });
});

describe('@aws_auth', () => {
  const schema = buildSchema(`
    type Query { top: Thing @aws_auth(cognito_groups: ["admin"]) }
    type Thing { inner: String @aws_auth(cognito_groups: ["admin"]) }
  `);
  const letInAt = (api: ApiOptions, type: string, field: string) => {
    const may = readAccessRules(schema, api);
    return Object.keys(EVERYBODY).filter(name => may(EVERYBODY[name]!, type, field));
  };

  it('counts if Cognito is the only mode, on operations only', () => {
    expect(letInAt({ defaultMode: cognito }, 'Query', 'top')).toEqual(['admin']);
    expect(letInAt({ defaultMode: cognito }, 'Thing', 'inner')).toEqual(people);
  });

  it('has no effect beside another mode', () => {
    expect(letInAt({ defaultMode: cognito, additionalModes: [iam] }, 'Query', 'top')).toEqual(people);
  });
});

describe('a schema that AppSync would reject', () => {
  it.each([
    ['type Query { a: Nowhere }', 'The GraphQL schema can\'t be read: Unknown type "Nowhere".'],
    [
      'type Query { a: String',
      "The GraphQL schema can't be read at line 1, column 23: Syntax Error: Expected Name, found <EOF>.",
    ],
    ['type Query { a: String @nowhere }', 'The GraphQL schema can\'t be read: Unknown directive "@nowhere".'],
    [
      'type Query { a: String } scalar Odd',
      'The GraphQL schema is not valid: AppSync does not allow custom scalars: Odd.',
    ],
    ['type Mutation { a: String }', 'The GraphQL schema is not valid: Query root type must be provided.'],
  ])('%s', (sdl, message) => {
    expect(() => buildSchema(sdl)).toThrow(message);
  });
});
