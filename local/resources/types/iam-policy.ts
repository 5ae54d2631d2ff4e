import { z } from 'zod';
import { arn } from '../../aws/arn.ts';
import { policyDocumentSchema, type Statement } from '../../rights/statement.ts';
import { noEffect } from '../no-effect.ts';
import { physicalName } from '../physical-name.ts';
import type { MadeResources, ResourceType } from '../resource-type.ts';
import { iamRole, NAMED_BY_POLICIES } from './iam-role.ts';

const policySchema = z.strictObject({
  PolicyName: noEffect('for people'),
  PolicyDocument: policyDocumentSchema,
  Roles: z.array(z.string()),
});

const managedPolicySchema = z.strictObject({
  PolicyDocument: policyDocumentSchema,
  /** Without roles, an operator attaches it. */
  Roles: z.array(z.string()).default([]),
  Description: noEffect('for people'),
  ManagedPolicyName: noEffect('for people'),
  Path: noEffect('for people'),
});

interface Policy {
  /** Names of the roles that it is attached to. */
  roles: string[];
  statements: Statement[];
}

type PolicyProperties = Pick<z.output<typeof managedPolicySchema>, 'Roles' | 'PolicyDocument'>;

const policyType = (
  type: string,
  schema: z.ZodType<PolicyProperties>,
): ResourceType<PolicyProperties, Policy> => ({
  type,
  schema,
  after: NAMED_BY_POLICIES,
  attributes(resource) {
    const policyArn = arn('iam', `policy/${physicalName(resource)}`, { global: true });
    return { Ref: policyArn, PolicyArn: policyArn };
  },
  make: ({ properties: { Roles, PolicyDocument } }) => ({
    value: { roles: Roles, statements: PolicyDocument },
  }),
});

export const iamPolicy = policyType('AWS::IAM::Policy', policySchema);
export const iamManagedPolicy = policyType('AWS::IAM::ManagedPolicy', managedPolicySchema);

/**
 * All statements of a role's policies.
 * @throws Error for a role with a managed policy of AWS, whose text isn't known here
 */
export function statementsOfRole(made: MadeResources, roleArn: string): Statement[] {
  const role = made.all(iamRole).find(({ attributes }) => attributes.Arn === roleArn);
  if (!role)
    throw new Error(`The template gives a function the role ${roleArn}, which is not one of its roles.`);
  if (role.value.managed.length > 0) {
    const names = role.value.managed.join(', ');
    throw new Error(
      `The one-machine runtime does not know the rights in ${names}: give ${roleArn} its rights one by one.`,
    );
  }
  const attached = [...made.all(iamPolicy), ...made.all(iamManagedPolicy)]
    .filter(({ value }) => value.roles.includes(role.attributes.Ref))
    .flatMap(({ value }) => value.statements);
  return [...role.value.statements, ...attached];
}
