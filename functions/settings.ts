import { z } from 'zod';
import { DEFAULT_EDGE_ROLES } from '../core/access/edge-identity.ts';
import { DEFAULT_QUERY_BUDGET } from '../core/access/query-budget.ts';
import { cacheSettingsSchema } from '../core/cache/cache-settings.ts';
import { LARGE_HOUR_MB } from '../core/flows/hour-slices.ts';
import { LANES_A_GROUP } from '../core/history/groups/group-workers.ts';
import { retentionSettings } from '../core/history/retention-settings.ts';
import { MAX_COUNTER_SLOTS, MIN_COUNTER_SLOTS } from '../core/ledger/figures/counter-slots.ts';
import { DEFAULT_SILENT_AFTER_S } from '../core/ledger/lane/silence.ts';
import { tableEnvironment } from '../core/storage/table-environment.ts';

const text = z.string().min(1);
const onOff = z.enum(['on', 'off']);

/**
 * All settings that functions read from their environment, with allowed values and defaults. Each
 * function's environment.ts picks those that it needs; the stacks in lib/ set them. Names contain
 * the units.
 */
export const SETTINGS = {
  ...tableEnvironment,
  ...cacheSettingsSchema.shape,
  ...retentionSettings,
  /**
   * Number of partitions over which ingest spreads a policy's counters. Readers sum all slots that
   * were ever in use.
   */
  COUNTER_SLOTS: z.coerce
    .number()
    .int()
    .min(MIN_COUNTER_SLOTS)
    .max(MAX_COUNTER_SLOTS)
    .default(MIN_COUNTER_SLOTS),
  /** Seconds without a report after which an edge is silent. */
  SILENT_AFTER_S: z.coerce.number().int().min(10).default(DEFAULT_SILENT_AFTER_S),
  /** Whether flows of reports are logged. */
  FLOW_LOG: onOff.default('on'),
  /** How long flows are kept; 0: flows are not logged. */
  FLOW_LOG_TTL_HOURS: z.coerce.number().nonnegative().default(24),
  /** Whether the flow log contains networks instead of hosts. */
  FLOW_LOG_MASK_HOSTS: onOff.default('off'),
  /** Size from which an hour of the flow log is merged in slices. */
  FLOW_LOG_LARGE_HOUR_MB: z.coerce.number().nonnegative().default(LARGE_HOUR_MB),
  /** Whether all unsigned reports are rejected. */
  REQUIRE_SIGNED_REPORTS: onOff.default('off'),
  /** The bucket of the flow log. */
  FLOW_BUCKET: text,
  /** Budget of a caller for expensive queries, per minute. */
  QUERY_BUDGET: z.coerce.number().int().min(100).default(DEFAULT_QUERY_BUDGET),
  /** Currency of all prices, ISO 4217. */
  CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('USD'),
  /** Roles whose sessions are edges, separated by commas. */
  EDGE_ROLES: text.default(DEFAULT_EDGE_ROLES.join(',')),
  /** Time over which edges spread their reads after news for all edges. */
  EDGE_SPREAD_S: z.coerce.number().int().min(0).max(90).default(5),
  /** Number of lanes from which the snapshot reads them in groups, and size of a group. */
  LANES_A_GROUP: z.coerce.number().int().min(1).default(LANES_A_GROUP),
  /** The name of the function that reads a group. */
  SNAPSHOT_GROUP_FUNCTION: text,
  /** The bucket of the deployed console. */
  CONSOLE_BUCKET: text,
  EXPORT_BUCKET: text,
  /** The name of the export function. */
  EXPORT_FUNCTION: text,
  EXPORT_RETENTION_DAYS: z.coerce.number().int().min(1).default(7),
  USER_POOL_ID: text,
  /** The topic whose subscribers receive mail about alarms. */
  NOTICE_TOPIC_ARN: text,
  /** Address that replaces AWS's own ones. It is set when the whole system runs on one machine. */
  AWS_ENDPOINT_URL: z.url().optional(),
  AWS_ENDPOINT_URL_SNS: z.url().optional(),
  /** Whether webhooks may have addresses in private networks. */
  WEBHOOKS_TO_PRIVATE_ADDRESSES: onOff.default('off'),
  GRAPHQL_URL: z.url(),
};

/** The credentials of the function's role, which Lambda sets. */
export const roleSettings = {
  AWS_REGION: text,
  AWS_ACCESS_KEY_ID: text,
  AWS_SECRET_ACCESS_KEY: text,
  AWS_SESSION_TOKEN: z.string().optional(),
};
