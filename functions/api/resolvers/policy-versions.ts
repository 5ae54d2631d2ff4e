import { z } from 'zod';
import { answerPolicyVersions } from '../../../core/answers/answer-policy-versions.ts';
import { idArgument } from '../../../core/answers/id-argument.ts';
import { viewOf } from '../../../core/audit/audit-view.ts';
import { ifUpdatedAt } from '../../../core/audit/refuse-changed.ts';
import { restorePolicyVersion } from '../../../core/inventory/policies/restore-policy-version.ts';
import { COSTS } from '../costs.ts';
import { pageArguments } from '../page-arguments.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { changedPolicy, policyTarget } from './policies.ts';

type VersionOperation = 'Query.policyVersions' | 'Mutation.restorePolicyVersion';

export const policyVersionResolvers: Pick<Resolvers, VersionOperation> = {
  'Query.policyVersions': resolver({
    arguments: z.object({ id: idArgument, ...pageArguments }),
    cost: () => COSTS.search,
    resolve: (asked, { context, caller }) =>
      answerPolicyVersions(context, { ...asked, view: viewOf(caller) }),
  }),

  'Mutation.restorePolicyVersion': resolver({
    arguments: z.object({ id: idArgument, version: idArgument, if_updated_at: ifUpdatedAt }),
    target: policyTarget,
    resolve: ({ id, ...to }, call) =>
      changedPolicy(call, id, () => restorePolicyVersion(call.context, call.caller, { id, ...to })),
  }),
};
