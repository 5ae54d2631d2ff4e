import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { operationFields } from '../../../../lib/operation-fields.ts';
import { stackTemplates } from '../../../support/stack-templates.ts';

const { api, ofType } = stackTemplates();

describe('the API', () => {
  it('accepts people by default, and machines', () => {
    api.hasResourceProperties('AWS::AppSync::GraphQLApi', {
      AuthenticationType: 'AMAZON_COGNITO_USER_POOLS',
      AdditionalAuthenticationProviders: [{ AuthenticationType: 'AWS_IAM' }],
    });
  });

  it('has one resolver for each operation, with the code for functions or for publications', () => {
    const operations = operationFields(readFileSync('graphql/schema.graphql', 'utf8'));
    const code = readFileSync('graphql/resolver.js', 'utf8');
    const publication = readFileSync('graphql/publish.js', 'utf8');
    const resolvers = ofType('AWS::AppSync::Resolver').map(([, { Properties }]) => Properties);
    const listening = resolvers.filter(({ TypeName }) => TypeName === 'Subscription');
    expect(listening).toMatchObject([
      { FieldName: 'edgeCommands', Code: readFileSync('graphql/edge-commands.js', 'utf8') },
    ]);
    expect(resolvers).toHaveLength(operations.length + listening.length);
    for (const { typeName, fieldName, published } of operations) {
      const resolver = resolvers.find(each => each.TypeName === typeName && each.FieldName === fieldName);
      expect(resolver).toMatchObject({
        Code: published ? publication : code,
        Kind: 'UNIT',
        Runtime: { Name: 'APPSYNC_JS', RuntimeVersion: '1.0.0' },
      });
    }
  });

  it('lets only administrators add people, who sign in with their e-mail address', () => {
    api.hasResourceProperties('AWS::Cognito::UserPool', {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      UsernameAttributes: ['email'],
      DeletionProtection: 'ACTIVE',
    });
    const groups = ofType('AWS::Cognito::UserPoolGroup').map(([, { Properties }]) => Properties.GroupName);
    expect(groups).toEqual(['admin', 'operator', 'viewer']);
  });

  it('answers before the time limit of AppSync', () => {
    api.hasResourceProperties('AWS::Lambda::Function', { Timeout: 28 });
  });
});
