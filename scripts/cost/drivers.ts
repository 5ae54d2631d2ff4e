import type { FunctionModel } from './function-model.ts';
import { times } from './learnt-parts.ts';
import { MINUTES_A_MONTH, type NetworkShape, reportFlowOf } from './network-shape.ts';
import type { FunctionUsage, MeasuredUnits } from './units.ts';

/** How much of one price's unit a network uses in a month, for one purpose. */
export interface Driver {
  price: string;
  driver: string;
  /** The monthly number of write units, requests, bytes …, in single units of the price. */
  count: number;
  /** The units of the Traffic table among them. */
  of_traffic?: number;
}

/** Inputs of the bill in addition to the model: memory of functions, metrics, alarms. */
export type Deployed = Pick<MeasuredUnits, 'alarms' | 'memory_mb' | 'reference'>;

/**
 * Megabytes of memory that come with one whole CPU. Source: Lambda Developer Guide, "Configure
 * Lambda function memory".
 */
const MB_OF_A_CPU = 1769;
/** The assumed duration of a call to DynamoDB, S3 or AppSync, milliseconds. */
export const WAIT_MS = 6;
/**
 * For each credential the service requests the key from KMS every five minutes. Source: Kinesis
 * Developer Guide, "Costs, Regions, and performance considerations".
 */
const KMS_REQUESTS_A_MINUTE = 1 / 5;
const TABLES = 4;
const PUT_UNIT_BYTES = 25 * 1024;
/** Bytes that DynamoDB adds to a stored item. */
const STORED_ITEM_BYTES = 100;
/**
 * Samples of a lane that are kept with the default retention: 48 hours of minutes, 90 days of
 * hours, 730 days.
 */
const SAMPLES_A_LANE = 48 * 60 + 90 * 24 + 730;
const GIGABYTE = 1e9;
export const HOURS_A_MONTH = MINUTES_A_MONTH / 60;
/** AppSync's keep-alive on a connection, a frame a minute. */
const KEEP_ALIVE_BYTES = 100;
/** AppSync bills messages in units of this size. */
const MESSAGE_BYTES = 5 * 1024;

/** Everything that a network uses in a month, with tables on demand. */
export function driversOf(shape: NetworkShape, model: FunctionModel, deployed: Deployed): Driver[] {
  const usage = model.usageOf(shape);
  return [
    ...ingestWrites(shape, model),
    ...[...usage].flatMap(([name, used]) => functionDrivers(name, used, deployed)),
    ...streamDrivers(shape, model),
    ...kmsDrivers(shape, usage.size),
    ...appSyncDrivers(shape, model),
    ...storageDrivers(shape, model, usage),
    ...watchDrivers(usage, deployed),
    ...(shape.dashboard ? [{ price: 'cloudwatch_dashboard', driver: 'dashboard', count: 1 }] : []),
    ...guardDrivers(shape, model),
    ...(shape.console_hours > 0 ? consoleDrivers(shape, model, deployed) : []),
  ];
}

/** The write units of ingest, most of the bill, by purpose. */
function ingestWrites(shape: NetworkShape, model: FunctionModel): Driver[] {
  const partsOf = (kind: 'write_units' | 'traffic_write_units') => {
    const { counters = 0, paths = 0, ...lanes } = model.partsOf(shape, 'ingest', kind);
    return { counters, paths, lanes: Object.values(lanes).reduce((sum, units) => sum + units, 0) };
  };
  const [all, traffic] = [partsOf('write_units'), partsOf('traffic_write_units')];
  return (['lanes', 'counters', 'paths'] as const).map(part => ({
    price: 'dynamodb_write',
    driver: `ingest: ${part}`,
    count: all[part] * MINUTES_A_MONTH,
    of_traffic: Math.min(all[part], traffic[part]) * MINUTES_A_MONTH,
  }));
}

const WRITES: Record<string, string> = {
  snapshot: 'snapshot: samples',
  cleanup: 'clean-up',
  'flow-log': 'flow log',
  api: "edges' requests",
  broadcast: 'broadcast',
};

function functionDrivers(name: string, used: FunctionUsage, { memory_mb }: Deployed): Driver[] {
  const memory = memory_mb[name] ?? MB_OF_A_CPU;
  const label = WRITES[name] ?? name;
  return callDrivers({ name, label, memory, used: times(used, MINUTES_A_MONTH) }).filter(
    // Ingest's writes are listed by purpose instead.
    ({ price }) => name !== 'ingest' || price !== 'dynamodb_write',
  );
}

/** The monthly use of a function's calls. */
function callDrivers({
  name,
  label,
  memory,
  used,
}: {
  name: string;
  /** The purpose of its units. */
  label: string;
  memory: number;
  used: FunctionUsage;
}): Driver[] {
  const seconds = billedMilliseconds(used, memory) / 1000;
  return [
    { price: 'dynamodb_write', driver: label, count: used.write_units, of_traffic: used.traffic_write_units },
    { price: 'dynamodb_read', driver: label, count: used.read_units, of_traffic: used.traffic_read_units },
    { price: 'lambda_gb_second', driver: name, count: seconds * (memory / 1024) },
    { price: 'lambda_request', driver: name, count: used.calls },
    { price: 's3_put', driver: label, count: used.s3_puts },
    { price: 's3_get', driver: label, count: used.s3_gets },
  ];
}

/**
 * The duration of a function's calls: their CPU time at the CPU share of the function's memory, and
 * their waits.
 */
export function billedMilliseconds({ cpu_ms, waits }: FunctionUsage, memory_mb: number): number {
  return cpu_ms * Math.max(1, MB_OF_A_CPU / memory_mb) + waits * WAIT_MS;
}

function streamDrivers(shape: NetworkShape, model: FunctionModel): Driver[] {
  const record_bytes = model.recordBytes(shape);
  const { reports, shards } = reportFlowOf(shape, { record_bytes });
  const hours = shards * HOURS_A_MONTH;
  const long_term = Math.max(0, shape.retention_hours - 168) * 60 * reports * record_bytes;
  return [
    { price: 'kinesis_shard', driver: 'report stream', count: hours },
    {
      price: 'kinesis_extended',
      driver: 'reports kept beyond a day',
      count: shape.retention_hours > 24 ? hours : 0,
    },
    { price: 'kinesis_long_term', driver: 'reports kept beyond a week', count: long_term / GIGABYTE },
    {
      price: 'kinesis_put',
      driver: 'reports',
      count: reports * MINUTES_A_MONTH * Math.ceil(record_bytes / PUT_UNIT_BYTES),
    },
  ];
}

/** Each edge signs with its own credentials, and so does each function at each table. */
function kmsDrivers({ edges, encrypted }: NetworkShape, functions: number): Driver[] {
  const a_month = KMS_REQUESTS_A_MINUTE * MINUTES_A_MONTH;
  return [
    { price: 'kms_request', driver: 'edges at the encrypted stream', count: encrypted ? edges * a_month : 0 },
    { price: 'kms_request', driver: 'functions at the tables', count: functions * TABLES * a_month },
  ];
}

function appSyncDrivers(shape: NetworkShape, model: FunctionModel): Driver[] {
  const { edges } = shape;
  const requests = model.apiRequests(shape) * MINUTES_A_MONTH;
  const published = model.publications(shape);
  const out = requests * model.answer_bytes + edges * MINUTES_A_MONTH * KEEP_ALIVE_BYTES;
  return [
    { price: 'appsync_request', driver: "edges' requests", count: requests },
    { price: 'appsync_request', driver: 'broadcast', count: published.requests * MINUTES_A_MONTH },
    { price: 'appsync_message', driver: 'news to edges', count: published.to_edges * MINUTES_A_MONTH },
    { price: 'appsync_minute', driver: 'edges that listen', count: edges * MINUTES_A_MONTH },
    { price: 'transfer_out', driver: 'answers to edges', count: out / GIGABYTE },
  ];
}

/** Rules of the firewall: lib/web-firewall.ts. */
const FIREWALL_RULES = 3;
/** The assumed log bytes of a request without its content: AppSync's summaries and tokens. */
const REQUEST_LOG_BYTES = 1000;

/**
 * The firewall and the request log of the API. Includes the consoles' requests; sign-ins are too
 * few to matter.
 */
function guardDrivers(shape: NetworkShape, model: FunctionModel): Driver[] {
  const { console_hours: hours, firewall, request_log } = shape;
  const a_minute = model.apiRequests(shape) + model.publications(shape).requests;
  const consoles = hours > 0 ? model.consoleHour(shape) : { requests: 0, publications: 0 };
  const requests = a_minute * MINUTES_A_MONTH + hours * (consoles.requests + consoles.publications);
  const logged = (requests * REQUEST_LOG_BYTES) / GIGABYTE;
  return [
    ...(firewall
      ? [
          { price: 'waf_acl', driver: 'firewall', count: 1 },
          { price: 'waf_rule', driver: 'firewall', count: FIREWALL_RULES },
          { price: 'waf_request', driver: 'requests to the API', count: requests },
        ]
      : []),
    ...(request_log
      ? [
          { price: 'cloudwatch_logs', driver: 'requests to the API', count: logged },
          { price: 'cloudwatch_log_storage', driver: 'requests to the API', count: logged },
        ]
      : []),
  ];
}

/**
 * Consoles, each priced as if it were the only open one; consoles that are open at the same time
 * share the publishing of figures.
 */
function consoleDrivers(shape: NetworkShape, model: FunctionModel, { memory_mb }: Deployed): Driver[] {
  const { console_hours: hours } = shape;
  const { usage, requests, answer_bytes, publications, messages } = model.consoleHour(shape);
  const calls = [...usage].flatMap(([name, used]) => {
    const memory = memory_mb[name === 'figures' ? name : 'api'] ?? MB_OF_A_CPU;
    const label = name === 'figures' ? 'consoles: figures' : 'consoles: answers';
    return callDrivers({ name: label, label, memory, used: times(used, hours) });
  });
  const out = requests * answer_bytes + messages * MESSAGE_BYTES;
  const log = [...usage.values()].reduce((sum, { log_bytes }) => sum + log_bytes, 0);
  return [
    ...calls,
    { price: 'appsync_request', driver: 'consoles: requests', count: hours * requests },
    { price: 'appsync_request', driver: 'consoles: figures', count: hours * publications },
    { price: 'appsync_message', driver: 'consoles: figures', count: hours * messages },
    { price: 'appsync_minute', driver: 'consoles', count: hours * 60 },
    { price: 'transfer_out', driver: 'consoles', count: (hours * out) / GIGABYTE },
    { price: 'cloudwatch_logs', driver: 'consoles', count: (hours * log) / GIGABYTE },
  ];
}

function storageDrivers(
  shape: NetworkShape,
  model: FunctionModel,
  usage: ReadonlyMap<string, FunctionUsage>,
): Driver[] {
  const history = shape.edges * SAMPLES_A_LANE * (model.laneBytes(shape) + STORED_ITEM_BYTES);
  const put = (usage.get('ingest')?.s3_bytes ?? 0) + (usage.get('flow-log')?.s3_bytes ?? 0);
  return [
    { price: 'dynamodb_storage', driver: 'history, once it is full', count: history / GIGABYTE },
    { price: 'dynamodb_pitr', driver: 'history, once it is full', count: history / GIGABYTE },
    { price: 's3_storage', driver: 'flow log', count: (put * 60 * shape.flow_hours) / GIGABYTE },
  ];
}

function watchDrivers(usage: ReadonlyMap<string, FunctionUsage>, { alarms, reference }: Deployed): Driver[] {
  const log = [...usage.values()].reduce((sum, { log_bytes }) => sum + log_bytes, 0) * MINUTES_A_MONTH;
  const scheduled = ['snapshot', 'cleanup', 'flow-log', 'figures'];
  const fired = scheduled.reduce((sum, name) => sum + (usage.get(name)?.calls ?? 0), 0) * MINUTES_A_MONTH;
  return [
    { price: 'cloudwatch_metric', driver: 'custom metrics', count: reference.metrics.length },
    { price: 'cloudwatch_alarm', driver: 'alarms', count: alarms },
    { price: 'cloudwatch_logs', driver: 'logs of functions', count: log / GIGABYTE },
    { price: 'cloudwatch_log_storage', driver: 'a month of logs', count: log / GIGABYTE },
    { price: 'scheduler', driver: 'schedules', count: fired },
  ];
}
