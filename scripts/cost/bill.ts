import type { FunctionModel } from './function-model.ts';
import { MINUTES_A_MONTH, type NetworkShape, reportFlowOf } from './network-shape.ts';
import { countOfUnit, priceOf } from './prices.ts';
import type { FunctionUsage, MeasuredUnits } from './units.ts';

/** A line of the bill. */
export interface BillRow {
  service: string;
  driver: string;
  /** How much of the price's unit a month, such as 29.4 of `million write units`. */
  quantity: number;
  unit: string;
  /** Dollars of one unit. */
  price: number;
  /** Dollars a month. */
  dollars: number;
}

export interface Bill {
  rows: BillRow[];
  /** Dollars a month. */
  total: number;
  /** Dollars an edge and month. */
  an_edge: number;
}

/** What the bill takes beside the model: memory of functions, metrics, alarms. */
export type Deployed = Pick<MeasuredUnits, 'alarms' | 'memory_mb' | 'reference'>;

/** Megabytes of memory that have one whole CPU. Source: Lambda Developer Guide, «Configure Lambda function memory». */
const MB_OF_A_CPU = 1769;
/** What a call to DynamoDB, S3 or AppSync is taken to last, milliseconds. */
export const WAIT_MS = 6;
/** A credential has the service ask KMS for its key each five minutes. Source: Kinesis Developer Guide, «Costs, Regions, and performance considerations». */
const KMS_REQUESTS_A_MINUTE = 1 / 5;
const TABLES = 4;
const PUT_UNIT_BYTES = 25 * 1024;
/** What DynamoDB adds to an item that is stored. */
const STORED_ITEM_BYTES = 100;
/** Samples of a lane that are kept with the default retention: 48 hours of minutes, 90 days of hours, 730 days. */
const SAMPLES_A_LANE = 48 * 60 + 90 * 24 + 730;
const GIGABYTE = 1e9;
/** What least squares leave of nothing. */
const NOTHING = 1e-6;
const HOURS_A_MONTH = MINUTES_A_MONTH / 60;
/** AppSync's keep-alive on a connection, a frame a minute. */
const KEEP_ALIVE_BYTES = 100;

/** An open console: a page asks once a minute, and hears what changed each ten seconds in two messages. */
const CONSOLE_HOUR = { requests: 60, messages: 720, minutes: 60 };

/** The bill of a month, as the model and the list prices say it. */
export function billOf(shape: NetworkShape, model: FunctionModel, deployed: Deployed): Bill {
  const rows = driversOf(shape, model, deployed)
    .map(driver => (shape.provisioned ? byTheHour(driver) : driver))
    .filter(({ count }) => count > NOTHING)
    .map(({ price: id, driver, count }): BillRow => {
      const price = priceOf(id);
      const quantity = count / countOfUnit(price);
      const { service, unit, dollars } = price;
      return { service, driver, quantity, unit, price: dollars, dollars: quantity * dollars };
    });
  const total = rows.reduce((sum, { dollars }) => sum + dollars, 0);
  return { rows: rows.sort((a, b) => b.dollars - a.dollars), total, an_edge: total / shape.edges };
}

interface Driver {
  price: string;
  driver: string;
  /** Things a month: write units, requests, bytes … in the price's own unit without its millions. */
  count: number;
}

/** Tables that follow their use are used to so much: lib/data-stack.ts. */
const PROVISIONED_USE = 0.7;
const SECONDS_AN_HOUR = 3600;
/** Auto scaling keeps four alarms for each of six capacities: reads and writes of two tables and an index. */
const SCALING_ALARMS = 24;

/** What is for tables that stay on demand, since people use them. */
const ON_DEMAND = new Set(['edges’ requests', 'broadcast']);

/** Units of tables that are provisioned, as the units that have to be there for them each hour. */
function byTheHour(driver: Driver): Driver {
  const { price, driver: name, count } = driver;
  if (ON_DEMAND.has(name) || (price !== 'dynamodb_write' && price !== 'dynamodb_read')) return driver;
  return { price: `${price}_hour`, driver: name, count: count / SECONDS_AN_HOUR / PROVISIONED_USE };
}

function driversOf(shape: NetworkShape, model: FunctionModel, deployed: Deployed): Driver[] {
  const usage = model.usageOf(shape);
  return [
    ...ingestWrites(shape, model),
    ...[...usage].flatMap(([name, used]) => functionDrivers(name, used, deployed)),
    ...streamDrivers(shape, model),
    ...kmsDrivers(shape, usage.size),
    ...appSyncDrivers(shape, model),
    ...storageDrivers(shape, model, usage),
    ...watchDrivers(usage, deployed),
    ...(shape.provisioned
      ? [{ price: 'cloudwatch_alarm', driver: 'auto scaling', count: SCALING_ALARMS }]
      : []),
  ];
}

/** What ingest writes is most of the bill: by what it is for. */
function ingestWrites(shape: NetworkShape, model: FunctionModel): Driver[] {
  const { counters = 0, paths = 0, ...lanes } = model.partsOf(shape, 'ingest', 'write_units');
  const ofLanes = Object.values(lanes).reduce((sum, units) => sum + units, 0);
  const write = (driver: string, units: number): Driver => ({
    ...{ price: 'dynamodb_write', driver, count: units * MINUTES_A_MONTH },
  });
  return [
    write('ingest: lanes', ofLanes),
    write('ingest: counters', counters),
    write('ingest: paths', paths),
  ];
}

const WRITES: Record<string, string> = {
  snapshot: 'snapshot: samples',
  cleanup: 'clean-up',
  'flow-log': 'flow log',
  api: 'edges’ requests',
  broadcast: 'broadcast',
};

function functionDrivers(name: string, used: FunctionUsage, { memory_mb }: Deployed): Driver[] {
  const memory = memory_mb[name] ?? MB_OF_A_CPU;
  const a_month = (count: number) => count * MINUTES_A_MONTH;
  const seconds = billedMilliseconds(used, memory) / 1000;
  const label = WRITES[name] ?? name;
  return [
    ...(name === 'ingest'
      ? []
      : [{ price: 'dynamodb_write', driver: label, count: a_month(used.write_units) }]),
    { price: 'dynamodb_read', driver: label, count: a_month(used.read_units) },
    { price: 'lambda_gb_second', driver: name, count: a_month(seconds * (memory / 1024)) },
    { price: 'lambda_request', driver: name, count: a_month(used.calls) },
    { price: 's3_put', driver: label, count: a_month(used.s3_puts) },
    { price: 's3_get', driver: label, count: a_month(used.s3_gets) },
  ];
}

/** How long a function's calls last: their CPU on the share of a CPU that its memory has, and their waits. */
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

/** Each edge signs with credentials of its own; so does each function, at each table. */
function kmsDrivers({ edges, encrypted }: NetworkShape, functions: number): Driver[] {
  const a_month = KMS_REQUESTS_A_MINUTE * MINUTES_A_MONTH;
  return [
    { price: 'kms_request', driver: 'edges at the encrypted stream', count: encrypted ? edges * a_month : 0 },
    { price: 'kms_request', driver: 'functions at the tables', count: functions * TABLES * a_month },
  ];
}

function appSyncDrivers(shape: NetworkShape, model: FunctionModel): Driver[] {
  const { edges, console_hours } = shape;
  const requests = model.apiRequests(shape) * MINUTES_A_MONTH;
  const out = requests * model.answer_bytes + edges * MINUTES_A_MONTH * KEEP_ALIVE_BYTES;
  return [
    { price: 'appsync_request', driver: 'edges’ requests', count: requests },
    { price: 'appsync_minute', driver: 'edges that listen', count: edges * MINUTES_A_MONTH },
    { price: 'transfer_out', driver: 'answers to edges', count: out / GIGABYTE },
    { price: 'appsync_request', driver: 'consoles', count: console_hours * CONSOLE_HOUR.requests },
    { price: 'appsync_message', driver: 'consoles', count: console_hours * CONSOLE_HOUR.messages },
    { price: 'appsync_minute', driver: 'consoles', count: console_hours * CONSOLE_HOUR.minutes },
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
  const scheduled = ['snapshot', 'cleanup', 'flow-log'];
  const fired = scheduled.reduce((sum, name) => sum + (usage.get(name)?.calls ?? 0), 0) * MINUTES_A_MONTH;
  return [
    { price: 'cloudwatch_metric', driver: 'custom metrics', count: reference.metrics.length },
    { price: 'cloudwatch_alarm', driver: 'alarms', count: alarms },
    { price: 'cloudwatch_logs', driver: 'logs of functions', count: log / GIGABYTE },
    { price: 'cloudwatch_log_storage', driver: 'a month of logs', count: log / GIGABYTE },
    { price: 'scheduler', driver: 'schedules', count: fired },
  ];
}
