import { z } from 'zod';
import { allowedOperations } from '../../../core/access/roles.ts';
import {
  readPreferences,
  removeView,
  saveView,
  setPreferences,
} from '../../../core/preferences/change-preferences.ts';
import { BYTE_UNITS, THEMES } from '../../../core/preferences/preferences.ts';
import { type Resolvers, resolver } from '../resolver.ts';

type MeOperation = 'Query.me' | 'Mutation.setPreferences' | 'Mutation.saveView' | 'Mutation.removeView';

/** A field that is left out or null doesn't change. */
const orUnchanged = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform(value => value ?? undefined);

const preferencesArgument = z.object({
  theme: orUnchanged(z.enum(THEMES)),
  time_zone: z.string().max(64, 'must have at most 64 characters').nullish(),
  units: orUnchanged(z.enum(BYTE_UNITS)),
});

export const meResolvers: Pick<Resolvers, MeOperation> = {
  'Query.me': resolver({
    arguments: z.object({}),
    async resolve(_, { context, caller, identify, currency }) {
      const [{ sub, email, groups }, preferences] = await Promise.all([
        identify(caller),
        readPreferences(context, caller),
      ]);
      return { sub, email, groups, operations: allowedOperations(caller), preferences, currency };
    },
  }),

  'Mutation.setPreferences': resolver({
    arguments: z.object({ preferences: preferencesArgument }),
    resolve({ preferences }, { context, caller }) {
      const given = Object.entries(preferences).filter(([, value]) => value !== undefined);
      return setPreferences(context, caller, Object.fromEntries(given));
    },
  }),

  'Mutation.saveView': resolver({
    arguments: z.object({ name: z.string(), address: z.string() }),
    resolve: (view, { context, caller }) => saveView(context, caller, view),
  }),

  'Mutation.removeView': resolver({
    arguments: z.object({ name: z.string() }),
    resolve: ({ name }, { context, caller }) => removeView(context, caller, name),
  }),
};
