import { z } from 'zod';
import { allowedOperations } from '../../../core/access/roles.ts';
import { type Resolvers, resolver } from '../resolver.ts';

export const meResolvers: Pick<Resolvers, 'Query.me'> = {
  'Query.me': resolver({
    arguments: z.object({}),
    async resolve(_, { caller, identify }) {
      const { sub, email, groups } = await identify(caller);
      return { sub, email, groups, operations: allowedOperations(caller) };
    },
  }),
};
