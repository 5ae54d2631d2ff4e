import { type ExistingTables, readExistingTables } from './existing-tables.ts';
import { SettingError } from './setting-error.ts';
import { readChoice, readSwitch, readText, readWholeNumber, type WholeNumber } from './setting-values.ts';
import { readStage, type Stage } from './stage.ts';
import { readWebSettings, type WebSettings } from './web-settings.ts';

/** What whoever deploys may choose, with `-c name=value` or in cdk.json's context. */
export interface Settings extends WebSettings {
  /** Which of the systems in an account it is, and what it protects. */
  stage: Stage;
  /**
   * Kinesis shards; one takes 1,000 reports or 1 MB a second (about 60,000 edges at a report a
   * minute).
   */
  shards: number;
  /** How long the stream keeps reports, hours: within it a stopped ingest loses nothing. */
  stream_retention_hours: number;
  /**
   * Whether the stream is encrypted with AWS's key. Each edge has credentials of its own, for which
   * Kinesis asks KMS each five minutes: off saves 0.026 dollars an edge and month.
   */
  encrypt_stream: boolean;
  /**
   * Units of writes a second that the tables Traffic and Cache begin with, to be billed by the hour
   * and follow use up and down; 0: they are billed by the request. For a steady load it costs some
   * two fifths.
   */
  provisioned_write_units: number;
  /**
   * For how many minutes new code of ingest, the API and broadcast gets a tenth of the calls before
   * it gets all; alarms take it back meanwhile. 0: all at once. 10 in production stages, 0
   * elsewhere.
   */
  canary_minutes: CanaryMinutes;
  /**
   * How long Lambda collects reports before it calls ingest, seconds: longer is cheaper and less
   * fresh.
   */
  ingest_window_seconds: number;
  /** How long a flow stands in the flow log, hours; 0 keeps no flow log. */
  flow_log_ttl_hours: number;
  /** Whether the flow log keeps networks (IPv4 /24, IPv6 /56) in place of hosts. */
  flow_log_mask_hosts: boolean;
  /**
   * From how many megabytes on an hour of the flow log is merged in slices, by runs side by side.
   */
  flow_log_large_hour_mb: number;
  /**
   * Whether only signed reports count, of every edge. Without it they must be signed by the edges
   * that have a key. On in production stages, which are all newer than signed reports; off
   * elsewhere.
   */
  require_signed_reports: boolean;
  /**
   * How long a sample a minute is kept, hours: the finest graphs, and percentiles as transit is
   * billed.
   */
  minute_retention_hours: number;
  /** How long a sample an hour is kept, days; not shorter than minutes are. */
  hour_retention_days: number;
  /** How long a sample a day is kept, days; not shorter than hours are. */
  day_retention_days: number;
  /** How long path metrics are served from the cache, seconds. */
  metrics_cache_ttl_seconds: number;
  /**
   * How long a routing decision is served from the cache, seconds; changes of the network end it at
   * once.
   */
  routing_cache_ttl_seconds: number;
  /**
   * Writers' shares of a policy's counters: raise it with the shards. Lowering it hides nothing:
   * readers sum every slot that was ever in use.
   */
  counter_slots: number;
  /**
   * Without a report for so long, seconds, or for three of its own intervals if that is longer, an
   * edge is silent: it isn't counted as heard, and its active flows are taken out of the totals.
   */
  silent_after_s: number;
  /**
   * From how many lanes on (an edge has one, as a rule) the snapshot reads them in groups side by
   * side, and how many a group has.
   */
  lanes_a_group: number;
  /**
   * How many requests the API answers at once at most; with it ingest keeps a place for each shard,
   * and the snapshot one. 0: no place is kept and nothing is held back, since an account whose
   * limit is 10, as that of a new one, refuses to keep any.
   */
  api_concurrency: number;
  /** What expensive queries may cost one caller in a minute, in the units of docs/api.md. */
  query_budget: number;
  /** Names of the roles whose sessions are edges; a `*` in front or behind stands for anything. */
  edge_roles: string[];
  /**
   * Over how many seconds edges spread their readings after a change that concerns all of them: two
   * requests an edge within it. 5 suits 5,000 edges at AppSync's lowest quota of 2,000 requests a
   * second.
   */
  edge_spread_s: number;
  /** Of the prices of endpoints, ISO 4217, such as EUR. Changing it converts nothing. */
  currency: string;
  /** How long exports and their files are kept, days. */
  export_retention_days: number;
  /**
   * Tables to work on in place of the stack's own, which stay: those that were restored from a
   * backup.
   */
  existing_tables: ExistingTables;
  /** ARN of a stream to work on in place of the stack's own, which was lost. */
  report_stream_arn: string | undefined;
  /** Where alarms are mailed to; without it the topic has no subscriber. */
  alarm_email: string | undefined;
  /**
   * Where the alarms of the network are mailed to by destinations of type MAIL, apart from those of
   * the system itself.
   */
  notice_emails: string[];
  /**
   * Whether webhooks may lead to addresses of private networks; never to the machine itself or its
   * link.
   */
  webhooks_to_private_addresses: boolean;
  /** Whether the console is deployed too, behind CloudFront. */
  web: boolean;
  /** Whether CloudWatch gets a dashboard; an account's first three are free. */
  dashboard: boolean;
  /** Where the dashboard may be after sign-in. */
  callback_urls: string[];
  /**
   * Whether people sign in with a second factor, a code of an authenticator app: who set one up, or
   * all.
   */
  mfa: (typeof MFA)[number];
  /** How long a person stays signed in without a new sign-in, hours. */
  session_hours: number;
  /**
   * Whether AppSync logs each request: its id, status and times, nothing of what it asks or gets.
   */
  request_log: boolean;
  /**
   * How many requests an address may make of API and sign-in in five minutes before AWS WAF refuses
   * more; 0: there is no WAF.
   */
  firewall_requests: number;
  /** How long it is kept who read and wrote which file of the buckets, days; 0: it isn't logged. */
  access_log_days: number;
}

const MFA = ['off', 'optional', 'required'] as const;

/** What CodeDeploy has a configuration for. */
const CANARY_MINUTES = [0, 5, 10, 15, 30] as const;
export type CanaryMinutes = (typeof CANARY_MINUTES)[number];

const WHOLE_NUMBERS = {
  shards: { fallback: 1, min: 1, max: 500 },
  stream_retention_hours: { fallback: 168, min: 24, max: 8760 },
  provisioned_write_units: { fallback: 0, min: 0, max: 40_000 },
  ingest_window_seconds: { fallback: 5, min: 0, max: 300 },
  flow_log_ttl_hours: { fallback: 24, min: 0, max: 8760 },
  flow_log_large_hour_mb: { fallback: 1024, min: 1, max: 1024 },
  minute_retention_hours: { fallback: 48, min: 24, max: 8760 },
  hour_retention_days: { fallback: 90, min: 2, max: 3650 },
  day_retention_days: { fallback: 730, min: 2, max: 7300 },
  metrics_cache_ttl_seconds: { fallback: 60, min: 1, max: 86_400 },
  routing_cache_ttl_seconds: { fallback: 30, min: 1, max: 86_400 },
  counter_slots: { fallback: 16, min: 16, max: 1024 },
  silent_after_s: { fallback: 300, min: 10, max: 86_400 },
  lanes_a_group: { fallback: 8_000, min: 1, max: 100_000 },
  api_concurrency: { fallback: 0, min: 0, max: 10_000 },
  query_budget: { fallback: 240, min: 100, max: 1_000_000 },
  edge_spread_s: { fallback: 5, min: 0, max: 90 },
  export_retention_days: { fallback: 7, min: 1, max: 365 },
  session_hours: { fallback: 24, min: 1, max: 720 },
} as const satisfies Record<string, WholeNumber>;

/**
 * Reads and checks the settings. `lookUp` gives a context value, a string when it comes from the
 * command line.
 */
export function readSettings(lookUp: (name: string) => unknown): Settings {
  const number = (name: keyof typeof WHOLE_NUMBERS) =>
    readWholeNumber(name, WHOLE_NUMBERS[name], lookUp(name));
  const retention = {
    minute_retention_hours: number('minute_retention_hours'),
    hour_retention_days: number('hour_retention_days'),
    day_retention_days: number('day_retention_days'),
  };
  checkRetention(retention);
  const stage = readStage(lookUp('stage'));
  return {
    stage,
    shards: number('shards'),
    stream_retention_hours: number('stream_retention_hours'),
    encrypt_stream: readSwitch('encrypt_stream', lookUp('encrypt_stream'), { fallback: true }),
    provisioned_write_units: number('provisioned_write_units'),
    canary_minutes:
      readChoice('canary_minutes', CANARY_MINUTES, lookUp('canary_minutes')) ?? (stage.production ? 10 : 0),
    ingest_window_seconds: number('ingest_window_seconds'),
    flow_log_ttl_hours: number('flow_log_ttl_hours'),
    flow_log_mask_hosts: readSwitch('flow_log_mask_hosts', lookUp('flow_log_mask_hosts')),
    flow_log_large_hour_mb: number('flow_log_large_hour_mb'),
    require_signed_reports: readSwitch('require_signed_reports', lookUp('require_signed_reports'), {
      fallback: stage.production,
    }),
    ...retention,
    metrics_cache_ttl_seconds: number('metrics_cache_ttl_seconds'),
    routing_cache_ttl_seconds: number('routing_cache_ttl_seconds'),
    counter_slots: number('counter_slots'),
    silent_after_s: number('silent_after_s'),
    lanes_a_group: number('lanes_a_group'),
    api_concurrency: number('api_concurrency'),
    query_budget: number('query_budget'),
    edge_roles: readRoles('edge_roles', lookUp('edge_roles')),
    edge_spread_s: number('edge_spread_s'),
    currency: readCurrency(lookUp('currency')),
    export_retention_days: number('export_retention_days'),
    existing_tables: readExistingTables(lookUp),
    report_stream_arn: readStreamArn(lookUp('report_stream_arn')),
    alarm_email: readText('alarm_email', lookUp('alarm_email')),
    notice_emails: readText('notice_emails', lookUp('notice_emails'))?.split(',') ?? [],
    webhooks_to_private_addresses: readSwitch(
      'webhooks_to_private_addresses',
      lookUp('webhooks_to_private_addresses'),
    ),
    web: readSwitch('web', lookUp('web'), { fallback: true }),
    ...readWebSettings(lookUp),
    dashboard: readSwitch('dashboard', lookUp('dashboard'), { fallback: true }),
    callback_urls: readText('callback_urls', lookUp('callback_urls'))?.split(',') ?? [
      'http://localhost:4000/',
    ],
    mfa: readChoice('mfa', MFA, lookUp('mfa')) ?? (stage.production ? 'required' : 'optional'),
    session_hours: number('session_hours'),
    request_log: readSwitch('request_log', lookUp('request_log'), { fallback: stage.production }),
    firewall_requests: readFirewallRequests(lookUp('firewall_requests')),
    access_log_days: readWholeNumber(
      'access_log_days',
      { fallback: stage.production ? 30 : 0, min: 0, max: 3650 },
      lookUp('access_log_days'),
    ),
  };
}

function readCurrency(given: unknown): string {
  if (given === undefined) return 'USD';
  if (typeof given === 'string' && Intl.supportedValuesOf('currency').includes(given)) return given;
  throw new SettingError(
    `Setting currency must be a currency of ISO 4217 such as EUR, but is ${JSON.stringify(given)}.`,
  );
}

function readStreamArn(given: unknown): string | undefined {
  const arn = readText('report_stream_arn', given);
  if (arn === undefined || /^arn:aws[\w-]*:kinesis:[\w-]+:\d{12}:stream\/[\w.-]{1,128}$/.test(arn))
    return arn;
  throw new SettingError(
    `Setting report_stream_arn must be the ARN of a Kinesis stream (arn:aws:kinesis:…:stream/…), but is ${JSON.stringify(arn)}.`,
  );
}

function checkRetention({
  minute_retention_hours,
  hour_retention_days,
  day_retention_days,
}: Pick<Settings, 'minute_retention_hours' | 'hour_retention_days' | 'day_retention_days'>): void {
  if (hour_retention_days * 24 < minute_retention_hours) {
    throw new SettingError(
      `Setting hour_retention_days must not be shorter than minute_retention_hours (${minute_retention_hours} hours), but is ${hour_retention_days} days.`,
    );
  }
  if (day_retention_days < hour_retention_days) {
    throw new SettingError(
      `Setting day_retention_days must not be shorter than hour_retention_days (${hour_retention_days} days), but is ${day_retention_days} days.`,
    );
  }
}

/** WAF counts roughly: a rule for less refuses single pages of the console. */
const FEWEST_FIREWALL_REQUESTS = 100;

function readFirewallRequests(given: unknown): number {
  const value = Number(given ?? 0);
  if (value === 0) return 0;
  if (Number.isInteger(value) && value >= FEWEST_FIREWALL_REQUESTS && value <= 20_000_000) return value;
  throw new SettingError(
    `Setting firewall_requests must be 0 or a whole number from ${FEWEST_FIREWALL_REQUESTS} to 20000000, but is ${JSON.stringify(given)}.`,
  );
}

function readRoles(name: string, given: unknown): string[] {
  const roles = (readText(name, given) ?? '*edge*').split(',').map(role => role.trim());
  if (roles.every(role => /^\*?[A-Za-z0-9_+=,.@-]{1,64}\*?$/.test(role))) return roles;
  throw new SettingError(
    `Setting ${name} must be names of roles, separated by commas, each with a * in front or behind or without, but is ${JSON.stringify(given)}.`,
  );
}
