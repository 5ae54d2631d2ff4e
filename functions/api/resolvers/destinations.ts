import { z } from 'zod';
import {
  removeDestination,
  setDestination,
  testDestination,
  updateDestination,
} from '../../../core/alarms/destinations/change-destinations.ts';
import {
  DESTINATION,
  DESTINATION_TYPES,
  type Destination,
} from '../../../core/alarms/destinations/destination.ts';
import {
  alarmKinds,
  destinationName,
  webhookSecret,
} from '../../../core/alarms/destinations/destination-input.ts';
import { type Delivery, readDeliveries } from '../../../core/alarms/notices/delivery-log.ts';
import { readSetting, readSettings } from '../../../core/alarms/settings/read-settings.ts';
import { settingTarget } from '../../../core/alarms/settings/setting.ts';
import { idArgument } from '../../../core/answers/id-argument.ts';
import { ifUpdatedAt } from '../../../core/audit/refuse-changed.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import type {
  Destination as Presented,
  Delivery as PresentedDelivery,
} from '../../../graphql/schema.generated.ts';
import { pageArguments } from '../page-arguments.ts';
import { pageOfSettings, settingPage } from '../page-of-settings.ts';
import { type Call, type Resolvers, resolver } from '../resolver.ts';

type DestinationOperation =
  | 'Query.destinations'
  | 'Query.deliveries'
  | 'Mutation.setDestination'
  | 'Mutation.updateDestination'
  | 'Mutation.removeDestination'
  | 'Mutation.testDestination';

const target = ({ id }: { id: string }) => settingTarget(DESTINATION, id);

const rulesOf = ({ webhook_rules = { loopback: false, private_addresses: false } }: Call) => webhook_rules;

export const destinationResolvers: Pick<Resolvers, DestinationOperation> = {
  'Query.destinations': resolver({
    arguments: z.object(settingPage),
    async resolve(query, { context }) {
      const page = pageOfSettings(DESTINATION, await readSettings(context, DESTINATION), query);
      return { ...page, items: page.items.map(present) };
    },
  }),

  'Query.deliveries': resolver({
    arguments: z.object({ destination_id: idArgument, ...pageArguments }),
    async resolve({ destination_id, ...query }, { context }) {
      await readSetting(context, DESTINATION, destination_id);
      const { items, next_token } = await readDeliveries(context, destination_id, query);
      return { items: items.map(presentDelivery), next_token };
    },
  }),

  'Mutation.setDestination': resolver({
    arguments: z.object({
      name: destinationName,
      type: z.enum(DESTINATION_TYPES),
      url: z.string().nullish(),
      secret: webhookSecret.nullish(),
      kinds: alarmKinds.nullish(),
    }),
    async resolve(input, call) {
      return present(await setDestination(call.context, call.caller, { ...input, ...rulesOf(call) }));
    },
  }),

  'Mutation.updateDestination': resolver({
    arguments: z.object({
      id: idArgument,
      name: destinationName.nullish(),
      url: z.string().nullish(),
      secret: webhookSecret.nullish(),
      kinds: alarmKinds.nullish(),
      if_updated_at: ifUpdatedAt,
    }),
    target,
    async resolve(patch, call) {
      return present(await updateDestination(call.context, call.caller, { ...patch, ...rulesOf(call) }));
    },
  }),

  'Mutation.removeDestination': resolver({
    arguments: z.object({ id: idArgument }),
    target,
    async resolve({ id }, { context, caller }) {
      const { removed, audit_id } = await removeDestination(context, caller, id);
      return {
        success: true,
        message: `The destination ${removed.name} is removed.`,
        audit_id,
        finished: true,
      };
    },
  }),

  'Mutation.testDestination': resolver({
    arguments: z.object({ id: idArgument }),
    target,
    async resolve({ id }, { context, caller }) {
      const { delivery_id, destination } = await testDestination(context, caller, id);
      const message = `A test is sent to ${destination.name} within a minute; its deliveries show the result.`;
      return { success: true, message, delivery_id };
    },
  }),
};

function present({ kinds, url_set_at: _, ...destination }: Destination): Presented {
  return { ...destination, kinds: kinds && [...kinds] };
}

function presentDelivery(delivery: Delivery): PresentedDelivery {
  const { created_ms, last_attempt_ms, next_ms, ...shown } = delivery;
  return {
    ...shown,
    created_at: timestamp(created_ms),
    last_attempt_at: timestamp(last_attempt_ms),
    next_attempt_at: next_ms === null ? null : timestamp(next_ms),
  };
}
