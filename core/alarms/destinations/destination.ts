import { z } from 'zod';
import type { ItemKey } from '../../storage/item.ts';
import { ALARM_KINDS, type AlarmKind } from '../alarm.ts';
import type { Setting, SettingKind } from '../settings/setting.ts';

export const DESTINATION_TYPES = ['WEBHOOK', 'MAIL'] as const;
export type DestinationType = (typeof DESTINATION_TYPES)[number];

/** Upper limit of the destinations. Each uses a part of the minute's run. */
const DESTINATIONS_MAX = 20;

/** A destination to which alarms are sent. */
export interface Destination extends Setting {
  name: string;
  /** `MAIL`: the topic of this installation, whose subscribers are a setting. */
  type: DestinationType;
  /** The URL of a webhook; null for mail. */
  url: string | null;
  /** The kinds of alarms; null: all. */
  kinds: readonly AlarmKind[] | null;
  /** When its secret was set last, RFC 3339, UTC; null for mail. */
  secret_set_at: string | null;
  /** When its address was set last, RFC 3339, UTC; null for mail. */
  url_set_at: string | null;
}

const destinationSchema = z
  .object({
    sk: z.string(),
    name: z.string(),
    type: z.enum(DESTINATION_TYPES),
    url: z.string().nullable(),
    kinds: z.array(z.enum(ALARM_KINDS)).nullable().default(null),
    secret_set_at: z.string().nullable().default(null),
    url_set_at: z.string().nullable().default(null),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .transform(({ sk, ...destination }): Destination => ({ id: sk, ...destination }));

const DESTINATION_PARTITION = 'DESTINATION';

export const DESTINATION: SettingKind<Destination> = {
  name: 'destination',
  partition: DESTINATION_PARTITION,
  schema: destinationSchema,
  most: DESTINATIONS_MAX,
  query: 'destinations',
  remove: 'removeDestination',
  // Addresses of webhooks are often secrets.
  audited: ({ url, ...rest }) => ({ ...rest, url: url === null ? null : `${new URL(url).origin}/…` }),
};

/**
 * The key of a webhook's secret. It is an item of its own, because no function may read it except
 * the one that signs with it (docs/decisions/219).
 */
export const secretKey = (destination_id: string): ItemKey => ({
  pk: `SECRET#${destination_id}`,
  sk: 'WEBHOOK',
});

export const secretSchema = z.object({ secret: z.string() });
