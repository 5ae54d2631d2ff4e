import { z } from 'zod';
import {
  emailInput,
  groupsInput,
  inviteUser,
  setUserEnabled,
  setUserGroups,
} from '../../../core/users/change-users.ts';
import { USERS_PAGE_MAX } from '../../../core/users/user-directory.ts';
import { COSTS } from '../costs.ts';
import { pageArguments } from '../page-arguments.ts';
import { type Call, type Resolvers, resolver } from '../resolver.ts';
import { wholeNumber } from '../whole-number.ts';

type UserOperation =
  | 'Query.users'
  | 'Mutation.inviteUser'
  | 'Mutation.setUserGroups'
  | 'Mutation.setUserEnabled';

const requestOf = ({ context, directory, caller }: Call) => ({ context, directory, actor: caller });
const userTarget = ({ user_id }: { user_id: string }): string => `user:${user_id}`;

export const userResolvers: Pick<Resolvers, UserOperation> = {
  'Query.users': resolver({
    arguments: z.object({
      ...pageArguments,
      limit: wholeNumber('limit', { max: USERS_PAGE_MAX, fallback: 25 }),
    }),
    cost: () => COSTS.users,
    async resolve({ limit, next_token }, { directory }) {
      const page = await directory.list({ limit, token: next_token ?? null });
      return { items: page.users, next_token: page.next_token };
    },
  }),

  'Mutation.inviteUser': resolver({
    arguments: z.object({ email: emailInput, groups: groupsInput }),
    resolve: (given, call) => inviteUser(requestOf(call), given),
  }),

  'Mutation.setUserGroups': resolver({
    arguments: z.object({ user_id: z.string(), groups: groupsInput }),
    target: userTarget,
    resolve: (given, call) => setUserGroups(requestOf(call), given),
  }),

  'Mutation.setUserEnabled': resolver({
    arguments: z.object({ user_id: z.string(), enabled: z.boolean() }),
    target: userTarget,
    resolve: (given, call) => setUserEnabled(requestOf(call), given),
  }),
};
