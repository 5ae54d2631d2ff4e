import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ItemKey } from '../storage/item.ts';
import { compareKeys } from '../storage/key-order.ts';
import { makePageToken, readPageToken } from '../storage/page-token.ts';
import { repeatUntil } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { type Alarm, alarmKey, alarmOfItem, alarmPartitions, type StoredAlarm } from './alarm.ts';
import { ALARM_ROWS, SEVERITIES } from './alarm-rows.ts';
import { readTotal } from './alarm-total.ts';

/**
 * Upper limit of the alarms that are read of a partition, so that an answer shows up to 1,024
 * alarms.
 */
const SHOWN_A_PARTITION = 64;

/** Upper limit of the alarms in an answer. */
export const SHOWN_MAX = SHOWN_A_PARTITION * alarmPartitions().length;

export interface AlarmPage {
  items: Alarm[];
  /**
   * The number of all alarms: counted now, or by the last clean-up if there are more than are read.
   */
  total: number;
  next_token: string | null;
}

/**
 * A page of the present alarms, by severity from the most severe on, then from the newest on.
 * @throws ValidationError for a broken token
 */
export async function readAlarms(
  context: StoreContext,
  { limit, next_token }: { limit: number; next_token?: string | null | undefined },
): Promise<AlarmPage> {
  const behind = readPageToken('alarms', next_token, [/^\d$/, /^[0-9TZ:.-]{20,30}$/, /^.{1,300}$/su]) as
    | Place
    | undefined;
  const pages = await Promise.all(
    alarmPartitions().map(pk => readPartition(context, pk, { limit: SHOWN_A_PARTITION })),
  );
  const shown = pages
    .flatMap(({ items }) => items)
    .filter(({ ended }) => !ended)
    .map(withoutState)
    .sort(byPlace);
  const all = pages.some(({ more }) => more) ? await readTotal(context) : 0;
  const left = behind ? shown.filter(alarm => comparePlaces(placeOf(alarm), behind) > 0) : shown;
  const items = left.slice(0, limit);
  return {
    items,
    total: Math.max(all, shown.length),
    next_token: left.length > limit ? makePageToken('alarms', placeOf(items.at(-1)!)) : null,
  };
}

/** Every alarm, ended ones included, for jobs that begin and end them. @throws BrokenItem */
export async function readAllAlarms(context: StoreContext): Promise<StoredAlarm[]> {
  const all = alarmPartitions().map(async pk => {
    const alarms: StoredAlarm[] = [];
    for (let start: ItemKey | undefined; ; ) {
      const page: AlarmsOfPartition = await readPartition(context, pk, { start });
      alarms.push(...page.items);
      start = page.more;
      if (!start) return alarms;
    }
  });
  return (await Promise.all(all)).flat();
}

/** One alarm; undefined: it has ended, or doesn't exist. @throws BrokenItem */
export async function readAlarm(
  { client, tables, ...retrying }: StoreContext,
  id: string,
): Promise<Alarm | undefined> {
  const get = new GetCommand({ TableName: tables.traffic, Key: alarmKey(id), ConsistentRead: true });
  const { Item } = await repeatUntil(retrying, () => client.send(get));
  const alarm = Item && alarmOfItem(Item);
  return alarm && !alarm.ended ? withoutState(alarm) : undefined;
}

const withoutState = ({ ended: _, ...alarm }: StoredAlarm): Alarm => alarm;

interface AlarmsOfPartition {
  items: StoredAlarm[];
  /** Where the next ones begin; undefined: there are no more. */
  more: ItemKey | undefined;
}

async function readPartition(
  { client, tables, ...retrying }: StoreContext,
  pk: string,
  { start, limit }: { start?: ItemKey | undefined; limit?: number } = {},
): Promise<AlarmsOfPartition> {
  const query = new QueryCommand({
    TableName: tables.traffic,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': pk },
    ConsistentRead: true,
    ...(limit !== undefined && { Limit: limit }),
    ...(start && { ExclusiveStartKey: start }),
  });
  const { Items = [], LastEvaluatedKey } = await repeatUntil(retrying, () => client.send(query));
  return { items: Items.map(alarmOfItem), more: LastEvaluatedKey as ItemKey | undefined };
}

type Place = [rank: string, since: string, id: string];

const placeOf = ({ kind, since, id }: Alarm): Place => [
  String(SEVERITIES.indexOf(ALARM_ROWS[kind].severity)),
  since,
  id,
];

const byPlace = (a: Alarm, b: Alarm) => comparePlaces(placeOf(a), placeOf(b));

/** By severity, then from the newest on, then by id. */
function comparePlaces([rankA, sinceA, idA]: Place, [rankB, sinceB, idB]: Place): number {
  return Number(rankA) - Number(rankB) || compareKeys(sinceB, sinceA) || compareKeys(idA, idB);
}
