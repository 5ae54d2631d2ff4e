import type { LaneItem } from '../ledger/figures/read-lanes.ts';
import { type CountedIn, FIRST_GENERATION, generationOf } from '../ledger/lane/counted-in.ts';
import type { LaneListing } from '../ledger/lane/lane-listing.ts';
import type { CounterChange, LaneChanges } from '../ledger/lane/lane-state.ts';
import { bootPartsKey, counterPartition, heardEdgeKey, idleKey, laneKey } from '../ledger/lane-keys.ts';
import { bootItem, recentBootItem } from '../ledger/packing/boot-item.ts';
import { encodeIdleSegment } from '../ledger/packing/idle-codec.ts';
import { type ItemKey, keyText } from '../storage/item.ts';
import { conditionOf, updateItem } from '../storage/item-update.ts';
import { TRANSACTION_MAX_ACTIONS, TRANSACTION_MAX_BYTES } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';

/** One write of a lane, with everything that has to be in the same transaction. */
export interface LaneWrite {
  /** The lane's item after the write. */
  item: LaneItem;
  /** The version that it was computed from; 0: there was no item. */
  base_version: number;
  /** The counter slot that the changes go to. */
  slot: number;
  /** The generations of counters that they go to; generation 0 when left out. */
  counted_in?: CountedIn | undefined;
  changes: LaneChanges;
  /** Lists that the lane must be added to before the write; none in nearly all writes. */
  listing?: LaneListing | undefined;
  /** Earliest arrival of a report that it counts, stored with boots that are new. */
  heard_at_ms?: number | undefined;
  /** A condition on the counters' head. Writes with different guards never share a transaction. */
  guard?: WriteAction;
}

/** Writes of different lanes that are committed together, all or none. */
export interface LaneTransaction<W extends LaneWrite = LaneWrite> {
  writes: W[];
  actions: WriteAction[];
  /** The writes that need the action at this index. */
  writesOf(index: number): W[];
}

export interface PackOptions<W extends LaneWrite> {
  /** Name of the Traffic table. */
  table: string;
  /** Whether a write must not share its transaction. */
  alone?: (write: W) => boolean;
}

/**
 * Packs writes into few transactions, in one pass: each write goes to the earliest transaction with
 * room. Lanes that count under the same policies share the counters' writes: 100 lanes of the same
 * 20 policies need two transactions with 140 actions.
 */
export function packWrites<W extends LaneWrite>(
  writes: readonly W[],
  { table, alone = () => false }: PackOptions<W>,
): LaneTransaction<W>[] {
  const shared: TransactionDraft<W>[] = [];
  const single: TransactionDraft<W>[] = [];
  for (const write of writes) {
    const draft = draftOf(write, table);
    const isAlone = alone(write);
    if (!isAlone && shared.some(transaction => transaction.add(draft))) continue;
    const transaction = new TransactionDraft<W>();
    transaction.add(draft);
    (isAlone ? single : shared).push(transaction);
  }
  return [...shared, ...single].map(transaction => transaction.finish(table));
}

interface WriteDraft<W> {
  write: W;
  /** The actions on the lane and its boots, which belong to this write alone. */
  own: WriteAction[];
  /** The actions on items that several lanes have in common, by key. */
  shared: Map<string, DraftAction<W>>;
  bytes: number;
}

interface DraftAction<W> {
  action: WriteAction;
  /** Writes that need the same action share it only if their claims are the same. */
  claim: string;
  writes: W[];
}

type Sum = { -readonly [Name in keyof CounterChange]: CounterChange[Name] };

interface DraftCounter {
  partition: string;
  policy_id: string;
  /**
   * The sum of the writes' changes. It is a copy and is changed in place, since this runs for each
   * policy of each lane.
   */
  change: Sum;
}

/** Keys, expressions and names of one action, with room. */
const ACTION_BYTES = 1024;

class TransactionDraft<W extends LaneWrite> {
  readonly #own: DraftAction<W>[] = [];
  readonly #shared = new Map<string, DraftAction<W>>();
  /** By partition, then by policy. */
  readonly #counters = new Map<string, Map<string, DraftCounter>>();
  readonly #writes: W[] = [];
  #actions = 0;
  #bytes = 0;

  /** Adds a write if it fits, and returns whether it did. The first write always fits. */
  add(draft: WriteDraft<W>): boolean {
    const { write, own, shared, bytes } = draft;
    if (this.#writes.length > 0 && !this.#fits(draft)) return false;
    this.#writes.push(write);
    this.#bytes += bytes;
    for (const action of own) this.#own.push({ action, claim: '', writes: [write] });
    for (const [key, item] of shared) {
      const known = this.#shared.get(key);
      if (known) known.writes.push(write);
      else this.#shared.set(key, item);
    }
    const partitionOf = partitionsOf(write);
    let partition = '';
    let counters = new Map<string, DraftCounter>();
    for (const [policy_id, change] of write.changes.counters) {
      if (isZero(change)) continue;
      const next = partitionOf(policy_id);
      // Nearly always the same for all policies of a write.
      if (next !== partition) {
        partition = next;
        counters = this.#partition(next);
      }
      const known = counters.get(policy_id);
      if (known) addTo(known.change, change);
      else counters.set(policy_id, { partition, policy_id, change: { ...change } });
    }
    this.#actions = this.#own.length + this.#shared.size;
    for (const counters of this.#counters.values()) this.#actions += counters.size;
    return true;
  }

  finish(table: string): LaneTransaction<W> {
    const drafts = [...this.#own, ...this.#shared.values()];
    const counters = [...this.#counters.values()].flatMap(valuesOf).filter(({ change }) => !isZero(change));
    const adds = counters.map(({ partition, policy_id, change }) =>
      addToCounter(table, { pk: partition, sk: policy_id }, change),
    );
    return {
      writes: this.#writes,
      actions: [...drafts.map(({ action }) => action), ...adds],
      writesOf: index => drafts[index]?.writes ?? this.#writesTo(counters[index - drafts.length]),
    };
  }

  /**
   * The writes that a counter sums. They are found when it has failed and not stored, because there
   * is one for each policy of each lane.
   */
  #writesTo(counter: DraftCounter | undefined): W[] {
    if (!counter) return [];
    const { partition, policy_id } = counter;
    return this.#writes.filter(write => {
      const change = write.changes.counters.get(policy_id);
      return change && !isZero(change) && partitionsOf(write)(policy_id) === partition;
    });
  }

  #partition(name: string): Map<string, DraftCounter> {
    let known = this.#counters.get(name);
    if (!known) {
      known = new Map<string, DraftCounter>();
      this.#counters.set(name, known);
    }
    return known;
  }

  #fits({ write, own, shared, bytes }: WriteDraft<W>): boolean {
    if (this.#actions >= TRANSACTION_MAX_ACTIONS) return false;
    if (this.#bytes + bytes > TRANSACTION_MAX_BYTES) return false;
    let actions = this.#actions + own.length;
    for (const [key, { claim }] of shared) {
      const known = this.#shared.get(key);
      if (known && known.claim !== claim) return false;
      if (!known) actions++;
    }
    if (actions + write.changes.counters.size <= TRANSACTION_MAX_ACTIONS) return true;
    const partitionOf = partitionsOf(write);
    for (const [policy_id, change] of write.changes.counters) {
      if (!isZero(change) && !this.#counters.get(partitionOf(policy_id))?.has(policy_id)) actions++;
    }
    return actions <= TRANSACTION_MAX_ACTIONS;
  }
}

/**
 * The partition that a write's change of a policy goes to. Names are built once: this runs for each
 * policy of each lane.
 */
function partitionsOf({ slot, counted_in = FIRST_GENERATION }: LaneWrite): (policy_id: string) => string {
  const stays = counterPartition(slot, counted_in.generation);
  if (!counted_in.moving) return () => stays;
  const moved = counterPartition(slot, counted_in.moving.to);
  return id => (generationOf(counted_in, id) === counted_in.generation ? stays : moved);
}

function addTo(sum: Sum, change: CounterChange): void {
  sum.packets += change.packets;
  sum.bytes += change.bytes;
  sum.active_flows += change.active_flows;
  sum.bit_rate += change.bit_rate;
  sum.packet_rate += change.packet_rate;
  sum.rated_pairs += change.rated_pairs;
  if (change.estimated_bytes !== undefined) {
    sum.estimated_bytes = (sum.estimated_bytes ?? 0n) + change.estimated_bytes;
  }
}

function valuesOf<T>(map: ReadonlyMap<unknown, T>): T[] {
  return [...map.values()];
}

function draftOf<W extends LaneWrite>(write: W, table: string): WriteDraft<W> {
  const { item, base_version, changes } = write;
  const { edge_id, part } = item;
  const own = [putLane(table, write)];
  let bytes = item.data.length;
  for (const boot of changes.boots.values()) {
    const Item = bootItem(item, boot);
    bytes += (Item.data as Uint8Array).length;
    own.push({ Put: { TableName: table, Item } });
    const recent = recentBootItem(item, boot);
    if (recent) own.push({ Put: { TableName: table, Item: recent } });
  }
  for (const segment of changes.idle) {
    const data = encodeIdleSegment(segment);
    bytes += data.length;
    own.push({ Put: { TableName: table, Item: { ...idleKey(edge_id, part, segment.version), data } } });
  }
  const shared = new Map<string, DraftAction<W>>();
  if (write.guard) {
    const claim = JSON.stringify(write.guard);
    shared.set('guard', { action: write.guard, claim, writes: [write] });
  }
  if (base_version === 0) {
    const key = heardEdgeKey(edge_id);
    shared.set(keyText(key), { action: enterHeardEdge(table, key), claim: '', writes: [write] });
  }
  for (const [boot_id, parts] of changes.parts) {
    const key = bootPartsKey(edge_id, boot_id);
    const action = fixParts(table, key, { parts, first_heard_at_ms: write.heard_at_ms });
    shared.set(keyText(key), { action, claim: String(parts), writes: [write] });
  }
  const actions = own.length + shared.size + changes.counters.size;
  return { write, own, shared, bytes: bytes + actions * ACTION_BYTES };
}

// Built once: every write has a lane's condition and a counter for each of its policies.
const IS_NEW = conditionOf({ expression: 'attribute_not_exists(#pk)' });
const HAS_BASE_VERSION = conditionOf({ expression: '#version = :base' });
const COUNTS = { packets: 0n, bytes: 0n, active_flows: 0, bit_rate: 0, packet_rate: 0 };
const NOWHERE = { table: '', key: { pk: '', sk: '' } };
const ADD_COUNTS = updateItem({ ...NOWHERE, add: COUNTS });
const ADD_RATED = updateItem({ ...NOWHERE, add: { ...COUNTS, rated_pairs: 0 } });
const ADD_ESTIMATED = updateItem({ ...NOWHERE, add: { ...COUNTS, rated_pairs: 0, estimated_bytes: 0n } });

/**
 * The condition protects the lane's boot items too: a transaction that writes one changes the
 * lane's version.
 */
function putLane(table: string, { item, base_version }: LaneWrite): WriteAction {
  const { edge_id, part, version, data, listed } = item;
  const Item = { ...laneKey(edge_id, part), version, data, ...(listed && { listed }) };
  const unchanged =
    base_version === 0
      ? IS_NEW
      : { ...HAS_BASE_VERSION, ExpressionAttributeValues: { ':base': base_version } };
  return { Put: { TableName: table, Item, ...unchanged } };
}

function enterHeardEdge(table: string, key: ItemKey): WriteAction {
  return { Update: updateItem({ table, key, set: { heard: true } }) };
}

/**
 * Fixes a boot's number of parts for all of its lanes; fails if the boot was voided. The first of
 * the lanes also stores since when the boot is known.
 */
function fixParts(
  TableName: string,
  Key: ItemKey,
  { parts, first_heard_at_ms }: { parts: number; first_heard_at_ms: number | undefined },
): WriteAction {
  const first = '#first_heard_at_ms = if_not_exists(#first_heard_at_ms, :first_heard_at_ms)';
  return {
    Update: {
      TableName,
      Key,
      UpdateExpression: `SET #parts = :parts${first_heard_at_ms === undefined ? '' : `, ${first}`}`,
      ConditionExpression:
        '(attribute_not_exists(#parts) OR #parts = :parts) AND attribute_not_exists(#voided)',
      ExpressionAttributeNames: {
        '#parts': 'parts',
        '#voided': 'voided',
        ...(first_heard_at_ms !== undefined && { '#first_heard_at_ms': 'first_heard_at_ms' }),
      },
      ExpressionAttributeValues: {
        ':parts': parts,
        ...(first_heard_at_ms !== undefined && { ':first_heard_at_ms': first_heard_at_ms }),
      },
    },
  };
}

function addToCounter(table: string, Key: ItemKey, change: Sum): WriteAction {
  const { packets, bytes, active_flows, bit_rate, packet_rate, rated_pairs, estimated_bytes = 0n } = change;
  const place = { TableName: table, Key };
  const values = {
    ':add_packets': packets,
    ':add_bytes': bytes,
    ':add_active_flows': active_flows,
    ':add_bit_rate': bit_rate,
    ':add_packet_rate': packet_rate,
  };
  // Counters without estimated bytes have no such attribute, and values that seldom change are
  // seldom sent.
  if (estimated_bytes !== 0n) {
    const more = { ':add_rated_pairs': rated_pairs, ':add_estimated_bytes': estimated_bytes };
    return { Update: { ...ADD_ESTIMATED, ...place, ExpressionAttributeValues: { ...values, ...more } } };
  }
  if (rated_pairs === 0) return { Update: { ...ADD_COUNTS, ...place, ExpressionAttributeValues: values } };
  const ExpressionAttributeValues = { ...values, ':add_rated_pairs': rated_pairs };
  return { Update: { ...ADD_RATED, ...place, ExpressionAttributeValues } };
}

function isZero(change: CounterChange): boolean {
  const { packets, bytes, active_flows, bit_rate, packet_rate, rated_pairs, estimated_bytes = 0n } = change;
  const noGauges = active_flows === 0 && bit_rate === 0 && packet_rate === 0 && rated_pairs === 0;
  return noGauges && packets === 0n && bytes === 0n && estimated_bytes === 0n;
}
