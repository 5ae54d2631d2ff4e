import { z } from 'zod';
import { ifUpdatedAt } from '../../../core/audit/refuse-changed.ts';
import { deleteNamedGroup, saveNamedGroup } from '../../../core/named-groups/change-named-groups.ts';
import { groupName, namedGroupInput } from '../../../core/named-groups/named-group.ts';
import { readNamedGroups } from '../../../core/named-groups/read-named-groups.ts';
import { type Resolvers, resolver } from '../resolver.ts';

type GroupOperation = 'Query.namedGroups' | 'Mutation.saveNamedGroup' | 'Mutation.deleteNamedGroup';

const targetOf = ({ name }: { name: string }) => `group:${name}`;

export const namedGroupResolvers: Pick<Resolvers, GroupOperation> = {
  'Query.namedGroups': resolver({
    arguments: z.object({}),
    resolve: (_, { context }) => readNamedGroups(context),
  }),

  'Mutation.saveNamedGroup': resolver({
    arguments: z.object({ if_updated_at: ifUpdatedAt }).and(namedGroupInput),
    target: targetOf,
    resolve: (group, { context, caller }) => saveNamedGroup(context, caller, group),
  }),

  'Mutation.deleteNamedGroup': resolver({
    arguments: z.object({ name: groupName, if_updated_at: ifUpdatedAt }),
    target: targetOf,
    resolve: (group, { context, caller }) => deleteNamedGroup(context, caller, group),
  }),
};
