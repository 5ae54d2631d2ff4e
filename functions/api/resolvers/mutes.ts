import { z } from 'zod';
import { removeMute, setMute } from '../../../core/alarms/mutes/change-mutes.ts';
import { MUTE } from '../../../core/alarms/mutes/mute.ts';
import { readSettings } from '../../../core/alarms/settings/read-settings.ts';
import { settingTarget } from '../../../core/alarms/settings/setting.ts';
import { idArgument } from '../../../core/answers/id-argument.ts';
import { lineOfText } from '../../../core/inventory/model/parse-input.ts';
import { pageOfSettings, settingPage } from '../page-of-settings.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { timeArgument } from '../time-argument.ts';

type MuteOperation = 'Query.mutes' | 'Mutation.setMute' | 'Mutation.removeMute';

export const muteResolvers: Pick<Resolvers, MuteOperation> = {
  'Query.mutes': resolver({
    arguments: z.object(settingPage),
    async resolve(query, { context }) {
      const now_ms = context.clock();
      const all = await readSettings(context, MUTE);
      return pageOfSettings(
        MUTE,
        all.filter(mute => !MUTE.isOver!(mute, now_ms)),
        query,
      );
    },
  }),

  'Mutation.setMute': resolver({
    arguments: z.object({
      target: z.string().nullish(),
      threshold_id: idArgument.nullish(),
      until: timeArgument,
      reason: lineOfText('reason', 200),
    }),
    resolve({ until: until_ms, ...given }, { context, caller }) {
      return setMute(context, caller, { ...given, until_ms });
    },
  }),

  'Mutation.removeMute': resolver({
    arguments: z.object({ id: idArgument }),
    target: ({ id }) => settingTarget(MUTE, id),
    async resolve({ id }, { context, caller }) {
      const { audit_id } = await removeMute(context, caller, id);
      const message = 'The mute is removed: current problems are delivered again.';
      return { success: true, message, audit_id, finished: true };
    },
  }),
};
