import { z } from 'zod';
import { readSetting, readSettings } from '../../../core/alarms/settings/read-settings.ts';
import { settingTarget } from '../../../core/alarms/settings/setting.ts';
import { freezeIncident, presentFrozen, presentIncident } from '../../../core/answers/freeze-incident.ts';
import { idArgument, uuidArgument } from '../../../core/answers/id-argument.ts';
import { viewOf } from '../../../core/audit/audit-view.ts';
import { createIncident, removeIncident } from '../../../core/incidents/change-incidents.ts';
import { readContent } from '../../../core/incidents/frozen-content.ts';
import { INCIDENT } from '../../../core/incidents/incident.ts';
import { lineOfText } from '../../../core/inventory/model/parse-input.ts';
import { clientToken } from '../../../core/storage/commit-once.ts';
import { makePageToken, readPageToken } from '../../../core/storage/page-token.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import { COSTS } from '../costs.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { timeArgument } from '../time-argument.ts';
import { wholeNumber } from '../whole-number.ts';

type IncidentOperation =
  | 'Query.incidents'
  | 'Query.incident'
  | 'Mutation.createIncident'
  | 'Mutation.removeIncident';

const orNull = (id: z.ZodType<string>) => id.nullish().transform(given => given ?? null);

const scope = z
  .object({
    policy_id: orNull(idArgument),
    site_id: orNull(uuidArgument),
    peer_site_id: orNull(uuidArgument),
  })
  .nullish()
  .transform(given => given ?? { policy_id: null, site_id: null, peer_site_id: null });

const newIncident = z.object({
  name: lineOfText('name', 100),
  from: timeArgument,
  to: timeArgument,
  scope,
  client_token: clientToken,
});

/** The kind of the page tokens. */
const TOKEN = 'incidents';

export const incidentResolvers: Pick<Resolvers, IncidentOperation> = {
  'Query.incidents': resolver({
    arguments: z.object({
      limit: wholeNumber('limit', { max: 1000, fallback: 25 }),
      next_token: z.string().nullish(),
    }),
    async resolve({ limit, next_token }, { context, caller }) {
      const before = readPageToken(TOKEN, next_token, [/^[0-9A-Z]{26}$/])?.[0];
      const all = (await readSettings(context, INCIDENT)).reverse();
      const rest = all.filter(({ id }) => before === undefined || id < before);
      const items = rest.slice(0, limit);
      return {
        items: items.map(incident => presentIncident(incident, viewOf(caller))),
        total: all.length,
        next_token: rest.length > limit ? makePageToken(TOKEN, [items.at(-1)!.id]) : null,
      };
    },
  }),

  'Query.incident': resolver({
    arguments: z.object({ id: idArgument }),
    async resolve({ id }, { context, caller }) {
      const incident = await readSetting(context, INCIDENT, id);
      return presentFrozen(incident, await readContent(context, id), viewOf(caller));
    },
  }),

  'Mutation.createIncident': resolver({
    arguments: newIncident,
    cost: () => COSTS.incident,
    async resolve({ from, to, ...given }, call) {
      const packed = await freezeIncident(call, { from, to, scope: given.scope });
      const range = { from: timestamp(from), to: timestamp(to) };
      const incident = await createIncident(call.context, call.caller, { ...given, ...range, packed });
      return presentIncident(incident, viewOf(call.caller));
    },
  }),

  'Mutation.removeIncident': resolver({
    arguments: z.object({ id: idArgument }),
    target: ({ id }) => settingTarget(INCIDENT, id),
    async resolve({ id }, { context, caller }) {
      const { removed, audit_id } = await removeIncident(context, caller, id);
      return { success: true, message: `The incident ${removed.name} is removed.`, audit_id };
    },
  }),
};
