import { type ExistingTables, readExistingTables } from './existing-tables.ts';
import { SettingError } from './setting-error.ts';
import { readChoice, readSwitch, readText, readWholeNumber, type WholeNumber } from './setting-values.ts';
import { readStage, type Stage } from './stage.ts';
import { readWebSettings, type WebSettings } from './web-settings.ts';

/** Settings of a deployment, given with `-c name=value` or in cdk.json's context. */
export interface Settings extends WebSettings {
  /** The stage: one of several systems in an account, with its protection. */
  stage: Stage;
  /**
   * Kinesis shards. One shard accepts 1,000 reports or 1 MB per second (about 60,000 edges with one
   * report per minute).
   */
  shards: number;
  /**
   * How long the stream keeps reports, hours. If ingest stops for less than this time, nothing is
   * lost.
   */
  stream_retention_hours: number;
  /**
   * Whether the stream is encrypted with AWS's key. Kinesis calls KMS every five minutes for each
   * edge's credentials: without encryption, an edge costs 0.026 dollars less per month.
   */
  encrypt_stream: boolean;
  /**
   * Initial write units per second of the table Traffic, which is then billed per hour and scales
   * with its use; 0: it is billed per request. For a steady load this costs about two fifths.
   */
  provisioned_write_units: number;
  /**
   * For how many minutes new code of ingest, the API and broadcast gets a tenth of the calls before
   * it gets all; alarms roll it back in this time. 0: all calls at once. Default: 10 in production
   * stages, 0 elsewhere.
   */
  canary_minutes: CanaryMinutes;
  /**
   * How long Lambda collects reports before it calls ingest, seconds. Longer is cheaper, but
   * figures are less fresh.
   */
  ingest_window_seconds: number;
  /** How long flows are kept in the flow log, hours; 0: there is no flow log. */
  flow_log_ttl_hours: number;
  /** Whether the flow log contains networks (IPv4 /24, IPv6 /56) instead of hosts. */
  flow_log_mask_hosts: boolean;
  /**
   * Size in megabytes from which an hour of the flow log is merged in slices by concurrent runs.
   */
  flow_log_large_hour_mb: number;
  /**
   * Whether only signed reports count, for every edge. Without it, only reports of edges with a key
   * must be signed. Default: on in production stages, off elsewhere.
   */
  require_signed_reports: boolean;
  /**
   * How long samples of minutes are kept, hours. They are used for the finest graphs and for
   * percentiles.
   */
  minute_retention_hours: number;
  /** How long samples of hours are kept, days; not shorter than those of minutes. */
  hour_retention_days: number;
  /** How long samples of days are kept, days; not shorter than those of hours. */
  day_retention_days: number;
  /** How long path metrics are served from the cache, seconds. */
  metrics_cache_ttl_seconds: number;
  /**
   * How long a routing decision is served from the cache, seconds; changes of the network
   * invalidate it at once.
   */
  routing_cache_ttl_seconds: number;
  /**
   * Number of partitions of a policy's counters. Raise it with the shards. It may be lowered:
   * readers sum every slot that was ever in use.
   */
  counter_slots: number;
  /**
   * Seconds without a report, or three of the edge's own intervals if that is longer, after which
   * an edge is silent: completeness doesn't count it, and its active flows are subtracted from the
   * totals.
   */
  silent_after_s: number;
  /**
   * Number of lanes (usually one per edge) from which the snapshot reads them in concurrent groups,
   * and size of a group.
   */
  lanes_a_group: number;
  /**
   * Reserved concurrency of the API, which also limits it. With it, ingest reserves one place per
   * shard, and the snapshot one. 0: nothing is reserved, because a new account with its limit of 10
   * refuses reservations.
   */
  api_concurrency: number;
  /** Budget of a caller for expensive queries per minute, in the units of docs/api.md. */
  query_budget: number;
  /** Names of the roles of edges; a `*` at the start or the end matches anything. */
  edge_roles: string[];
  /**
   * Seconds over which edges spread their reads after a change that concerns all of them: each edge
   * makes two requests in this time. 5 suits 5,000 edges at AppSync's lowest quota of 2,000
   * requests per second.
   */
  edge_spread_s: number;
  /**
   * Currency of the prices of endpoints, ISO 4217, such as EUR. A change does not convert existing
   * prices.
   */
  currency: string;
  /** How long exports and their files are kept, days. */
  export_retention_days: number;
  /**
   * Tables that replace the stack's own ones, for example restored from a backup. The stack keeps
   * its own tables.
   */
  existing_tables: ExistingTables;
  /** ARN of a stream that replaces the stack's own one, for example after its loss. */
  report_stream_arn: string | undefined;
  /** Address for mail about alarms of the system; without it the topic has no subscriber. */
  alarm_email: string | undefined;
  /** Addresses for mail about alarms of the network, which destinations of type MAIL send. */
  notice_emails: string[];
  /**
   * Whether webhooks may have addresses in private networks; loopback and link-local addresses are
   * never allowed.
   */
  webhooks_to_private_addresses: boolean;
  /** Whether the console is deployed too, behind CloudFront. */
  web: boolean;
  /** Whether CloudWatch gets a dashboard; an account's first three are free. */
  dashboard: boolean;
  /** Addresses to which the sign-in pages may return. */
  callback_urls: string[];
  /**
   * Whether people sign in with a second factor (a code of an authenticator app): no one, those who
   * set one up, or everyone.
   */
  mfa: (typeof MFA)[number];
  /** How long a person stays signed in, hours. */
  session_hours: number;
  /** Whether AppSync logs each request: its id, status and times, without its content. */
  request_log: boolean;
  /**
   * Maximum number of requests of an address to API and sign-in in five minutes; AWS WAF refuses
   * further ones. 0: there is no WAF.
   */
  firewall_requests: number;
  /** How long logs of accesses to the buckets are kept, days; 0: accesses are not logged. */
  access_log_days: number;
}

const MFA = ['off', 'optional', 'required'] as const;

/** Times for which CodeDeploy has a configuration. */
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
 * Reads and validates the settings. `lookUp` returns a context value; values from the command line
 * are strings.
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

/** WAF counts approximately: a lower limit would refuse single pages of the console. */
const MIN_FIREWALL_REQUESTS = 100;

function readFirewallRequests(given: unknown): number {
  const value = Number(given ?? 0);
  if (value === 0) return 0;
  if (Number.isInteger(value) && value >= MIN_FIREWALL_REQUESTS && value <= 20_000_000) return value;
  throw new SettingError(
    `Setting firewall_requests must be 0 or a whole number from ${MIN_FIREWALL_REQUESTS} to 20000000, but is ${JSON.stringify(given)}.`,
  );
}

function readRoles(name: string, given: unknown): string[] {
  const roles = (readText(name, given) ?? '*edge*').split(',').map(role => role.trim());
  if (roles.every(role => /^\*?[A-Za-z0-9_+=,.@-]{1,64}\*?$/.test(role))) return roles;
  throw new SettingError(
    `Setting ${name} must be names of roles, separated by commas, each optionally with a * at the start or the end, but is ${JSON.stringify(given)}.`,
  );
}
