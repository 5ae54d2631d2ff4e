import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { itemBytes, transactionWriteUnits } from '../../test/support/item-bytes.ts';
import { type RunningCall, runningCall, waitFor } from './running-call.ts';

/** Counts in addition to the use of each function. */
export interface Counting {
  /** Used units by function, operation and item, to see their purpose. */
  readonly by_item: Map<string, number>;
  /** Lanes that were written, and their bytes. */
  lanes: { written: number; bytes: number };
  /** Tables with writes since it was last cleared, also while nothing is measured. */
  readonly written: Set<string>;
}

type Command = { input: Record<string, unknown>; constructor: { name: string } };
type Send = (command: Command, ...rest: unknown[]) => Promise<Record<string, unknown>>;
type Capacity = { CapacityUnits?: number };

/**
 * Counts the calls of every DynamoDB and S3 client of this process, because handlers create their
 * clients themselves. DynamoDB returns the units of a call, except for transactions, where the
 * published rule is used. S3 is a map: requests of the flow log are counted and answered.
 */
export function countClients(): Counting {
  const counting: Counting = {
    by_item: new Map(),
    lanes: { written: 0, bytes: 0 },
    written: new Set(),
  };
  countDynamoDb(counting);
  countS3();
  return counting;
}

function countDynamoDb(counting: Counting): void {
  const prototype = DynamoDBDocumentClient.prototype as unknown as { send: Send };
  const send = prototype.send;
  prototype.send = async function (this: unknown, command, ...rest) {
    const call = runningCall();
    noteTables(counting, command);
    if (!call) return Reflect.apply(send, this, [command, ...rest]);
    command.input.ReturnConsumedCapacity = 'TOTAL';
    const answer = await waitFor(() => Reflect.apply(send, this, [command, ...rest]));
    const begun = process.cpuUsage();
    count(counting, call, command, answer);
    // The function's use does not include the counting.
    const { user, system } = process.cpuUsage(begun);
    call.usage.cpu_ms -= (user + system) / 1000;
    return answer;
  };
}

function noteTables({ written }: Counting, command: Command): void {
  if (READS.test(command.constructor.name)) return;
  for (const table of tablesOf(command)) written.add(table);
}

function tablesOf({ input }: Command): string[] {
  const {
    TableName,
    RequestItems = {},
    TransactItems = [],
  } = input as {
    TableName?: string;
    RequestItems?: object;
    TransactItems?: Record<string, { TableName: string }>[];
  };
  const tables = TransactItems.flatMap(action => Object.values(action).map(of => of.TableName));
  return [TableName ?? [], Object.keys(RequestItems), tables].flat();
}

const TRAFFIC = 'traffic';
const READS = /^(Get|BatchGet|Query|Scan|TransactGet)Command$/;

function count(
  counting: Counting,
  { of, usage }: RunningCall,
  command: Command,
  answer: Record<string, unknown>,
): void {
  const note = (what: string, units: number) => {
    const label = `${of}: ${what}`;
    counting.by_item.set(label, (counting.by_item.get(label) ?? 0) + units);
  };
  const { name } = command.constructor;
  if (command instanceof TransactWriteCommand) {
    for (const action of command.input.TransactItems ?? []) {
      const [[kind, write]] = Object.entries(action) as unknown as [[string, Record<string, unknown>]];
      const item = (write.Item ?? write.Key) as Record<string, unknown>;
      const values = write.Item ? {} : ((write.ExpressionAttributeValues ?? {}) as object);
      const bytes = itemBytes({ ...item, ...values });
      const units = transactionWriteUnits(bytes);
      if (write.TableName === TRAFFIC) usage.traffic_write_units += units;
      if (kind === 'Put' && wordOf(item.pk) === 'LANE') {
        counting.lanes.written++;
        counting.lanes.bytes += bytes;
      }
      usage.write_units += units;
      note(`transaction ${kind} ${wordOf(item.pk)}`, units);
    }
    return;
  }
  const used = [answer.ConsumedCapacity ?? []]
    .flat()
    .reduce((sum: number, { CapacityUnits = 0 }: Capacity) => sum + CapacityUnits, 0);
  const reads = READS.test(name);
  const units = reads ? used + unitsOfNothing(command, answer, used) : used;
  usage[reads ? 'read_units' : 'write_units'] += units;
  if (tablesOf(command).includes(TRAFFIC)) {
    usage[reads ? 'traffic_read_units' : 'traffic_write_units'] += units;
  }
  note(`${name} ${wordOfInput(command.input)}`, units);
}

/** A read without a result costs the minimum of a read, which DynamoDB Local leaves out. */
function unitsOfNothing({ input }: Command, answer: Record<string, unknown>, used: number): number {
  const { RequestItems, ConsistentRead } = input as {
    RequestItems?: Record<string, { Keys: unknown[]; ConsistentRead?: boolean }>;
    ConsistentRead?: boolean;
  };
  if (!RequestItems) return used > 0 ? 0 : ConsistentRead ? 1 : 0.5;
  const found = Object.values((answer.Responses ?? {}) as Record<string, unknown[]>).flat().length;
  const [request] = Object.values(RequestItems);
  return (request!.Keys.length - found) * (request!.ConsistentRead ? 1 : 0.5);
}

function wordOfInput(input: Record<string, unknown>): string {
  const { Item, Key, RequestItems, ExpressionAttributeValues } = input as Record<
    string,
    Record<string, unknown> | undefined
  >;
  if (Item ?? Key) return wordOf((Item ?? Key)!.pk);
  if (ExpressionAttributeValues) return wordOf(ExpressionAttributeValues[':pk']);
  const [[table, requests]] = Object.entries(RequestItems ?? { '': [] }) as [[string, unknown]];
  const first = (Array.isArray(requests) ? requests[0]?.PutRequest?.Item : undefined) as
    | Record<string, unknown>
    | undefined;
  return first ? wordOf(first.pk) : table;
}

/** The first word of a partition, as the table of keys in docs/architecture.md has it. */
function wordOf(pk: unknown): string {
  return /^[A-Z_]+/.exec(String(pk))?.[0] ?? String(pk);
}

function countS3(): void {
  const objects = new Map<string, Uint8Array>();
  const prototype = S3Client.prototype as unknown as { send: Send };
  prototype.send = command =>
    waitFor(async () => {
      const usage = runningCall()?.usage;
      if (command instanceof PutObjectCommand) {
        const body = command.input.Body as Uint8Array;
        objects.set(command.input.Key!, body);
        if (usage) {
          usage.s3_puts++;
          usage.s3_bytes += body.length;
        }
        return {};
      }
      if (command instanceof ListObjectsV2Command) {
        if (usage) usage.s3_puts++;
        const keys = [...objects.keys()].filter(key => key.startsWith(command.input.Prefix ?? '')).sort();
        return { Contents: keys.map(Key => ({ Key, Size: objects.get(Key)!.length })) };
      }
      if (command instanceof GetObjectCommand) {
        if (usage) usage.s3_gets++;
        return { Body: bodyOf(objects.get(command.input.Key!), command.input.Range) };
      }
      const { Delete } = command.input as { Delete?: { Objects: { Key: string }[] } };
      if (!Delete) throw new Error(`not known here: ${command.constructor.name}`);
      for (const { Key } of Delete.Objects) objects.delete(Key);
      return {};
    });
}

function bodyOf(object: Uint8Array | undefined, range: string | undefined): object {
  if (!object) throw Object.assign(new Error('no such object'), { name: 'NoSuchKey' });
  const [, first, last] = /^bytes=(\d*)-(\d+)$/.exec(range ?? '') ?? [];
  const whole = last === undefined;
  const part = whole
    ? object
    : first === ''
      ? object.subarray(-Number(last))
      : object.subarray(Number(first), Number(last) + 1);
  return { transformToByteArray: async () => part };
}
