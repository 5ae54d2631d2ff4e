import { TRANSACTION_MAX_ACTIONS, TRANSACTION_MAX_BYTES } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';
import { encodeBoot } from './boot-codec.ts';
import type { CounterChange } from './lane-changes.ts';
import {
  bootKey,
  bootPartsKey,
  counterKey,
  heardEdgeKey,
  type ItemKey,
  keyText,
  laneKey,
} from './lane-keys.ts';
import type { LaneStep } from './lane-step.ts';

/** Steps of different lanes that are written together, all or none. */
export interface LaneTransaction<S extends LaneStep = LaneStep> {
  steps: S[];
  actions: WriteAction[];
  /** The steps that the action at an index belongs to. */
  stepsOf(index: number): S[];
}

export interface PackOptions<S extends LaneStep> {
  /** Name of the Traffic table. */
  table: string;
  /** A step that must not share its transaction. */
  alone?: (step: S) => boolean;
}

/**
 * Packs steps into as few transactions as one pass finds: each step goes to the first that has room. Lanes that count under
 * the same policies share the counters' writes: 100 lanes of the same 20 policies take two transactions with 140 actions.
 */
export function packSteps<S extends LaneStep>(
  steps: readonly S[],
  { table, alone = () => false }: PackOptions<S>,
): LaneTransaction<S>[] {
  const shared: TransactionDraft<S>[] = [];
  const single: TransactionDraft<S>[] = [];
  for (const step of steps) {
    const draft = draftOf(step, table);
    if (alone(step)) {
      single.push(new TransactionDraft(draft));
    } else if (!shared.some(transaction => transaction.add(draft))) {
      shared.push(new TransactionDraft(draft));
    }
  }
  return [...shared, ...single].map(transaction => transaction.finish(table));
}

interface StepDraft<S> {
  step: S;
  items: Map<string, DraftAction<S>>;
  counters: Map<string, DraftCounter<S>>;
  bytes: number;
}

interface DraftAction<S> {
  action: WriteAction;
  /** Steps that need the same write can share it only where it says the same. */
  says: string;
  steps: S[];
}

interface DraftCounter<S> {
  key: ItemKey;
  change: CounterChange;
  steps: S[];
}

/** Keys, expressions and names of one action, with room. */
const ACTION_BYTES = 1024;

class TransactionDraft<S extends LaneStep> {
  readonly #items: Map<string, DraftAction<S>>;
  readonly #counters: Map<string, DraftCounter<S>>;
  readonly #steps: S[];
  #bytes: number;

  constructor({ step, items, counters, bytes }: StepDraft<S>) {
    this.#items = items;
    this.#counters = new Map(
      Array.from(counters, ([key, counter]) => [key, { ...counter, change: { ...counter.change } }]),
    );
    this.#steps = [step];
    this.#bytes = bytes;
  }

  /** Adds a step where it fits; says whether it did. */
  add({ step, items, counters, bytes }: StepDraft<S>): boolean {
    let actions = this.#items.size + this.#counters.size;
    if (actions >= TRANSACTION_MAX_ACTIONS) return false;
    if (this.#bytes + bytes > TRANSACTION_MAX_BYTES) return false;
    for (const [key, { says }] of items) {
      const known = this.#items.get(key);
      if (known && known.says !== says) return false;
      if (!known) actions++;
    }
    for (const key of counters.keys()) {
      if (!this.#counters.has(key)) actions++;
    }
    if (actions > TRANSACTION_MAX_ACTIONS) return false;
    this.#steps.push(step);
    this.#bytes += bytes;
    for (const [key, item] of items) {
      const known = this.#items.get(key);
      if (known) known.steps.push(step);
      else this.#items.set(key, item);
    }
    for (const [key, counter] of counters) this.#addCounter(key, counter);
    return true;
  }

  finish(table: string): LaneTransaction<S> {
    const drafts = [...this.#items.values()];
    for (const { key, change, steps } of this.#counters.values()) {
      if (isZero(change)) continue;
      drafts.push({ action: addToCounter(table, key, change), says: '', steps });
    }
    return {
      steps: this.#steps,
      actions: drafts.map(({ action }) => action),
      stepsOf: index => drafts[index]?.steps ?? [],
    };
  }

  #addCounter(key: string, { change, ...counter }: DraftCounter<S>): void {
    const known = this.#counters.get(key);
    if (!known) {
      this.#counters.set(key, { ...counter, change: { ...change } });
      return;
    }
    known.change.packets += change.packets;
    known.change.bytes += change.bytes;
    known.change.active_flows += change.active_flows;
    known.steps.push(...counter.steps);
  }
}

function draftOf<S extends LaneStep>(step: S, table: string): StepDraft<S> {
  const { base, next, changes, slot } = step;
  const { edge_id, part } = base;
  const items = new Map<string, DraftAction<S>>();
  let bytes = next.data?.length ?? 0;
  const put = (key: ItemKey, action: WriteAction, says = '') =>
    items.set(keyText(key), { action, says, steps: [step] });

  put(laneKey(edge_id, part), putLane(table, step));
  if (base.version === 0) put(heardEdgeKey(edge_id), enterHeardEdge(table, step));
  for (const [boot_id, parts] of changes.parts) {
    const key = bootPartsKey(edge_id, boot_id);
    put(key, fixParts(table, key, parts), String(parts));
  }
  for (const boot of changes.boots.values()) {
    const key = bootKey(edge_id, part, boot.boot_id);
    const data = encodeBoot(boot);
    bytes += data.length;
    put(key, { Put: { TableName: table, Item: { ...key, data } } });
  }
  const counters = new Map<string, DraftCounter<S>>();
  for (const [policy_id, change] of changes.counters) {
    if (isZero(change)) continue;
    const key = counterKey(slot, policy_id);
    counters.set(keyText(key), { key, change, steps: [step] });
  }
  return { step, items, counters, bytes: bytes + (items.size + counters.size) * ACTION_BYTES };
}

/** The condition guards the lane's boot items too: whoever writes one raises the lane's version. */
function putLane(table: string, { base, next }: LaneStep): WriteAction {
  const key = laneKey(base.edge_id, base.part);
  const Item = { ...key, version: next.version, data: next.data };
  if (base.version === 0) {
    return { Put: { TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
  }
  return {
    Put: {
      TableName: table,
      Item,
      ConditionExpression: 'version = :base',
      ExpressionAttributeValues: { ':base': base.version },
    },
  };
}

function enterHeardEdge(table: string, { base }: LaneStep): WriteAction {
  return {
    Update: {
      TableName: table,
      Key: heardEdgeKey(base.edge_id),
      UpdateExpression: 'SET heard = :yes',
      ExpressionAttributeValues: { ':yes': true },
    },
  };
}

function fixParts(table: string, Key: ItemKey, parts: number): WriteAction {
  return {
    Update: {
      TableName: table,
      Key,
      UpdateExpression: 'SET parts = :parts',
      ConditionExpression: 'attribute_not_exists(parts) OR parts = :parts',
      ExpressionAttributeValues: { ':parts': parts },
    },
  };
}

function addToCounter(table: string, Key: ItemKey, change: CounterChange): WriteAction {
  return {
    Update: {
      TableName: table,
      Key,
      UpdateExpression: 'ADD packets :packets, bytes :bytes, active_flows :active_flows',
      ExpressionAttributeValues: {
        ':packets': change.packets,
        ':bytes': change.bytes,
        ':active_flows': change.active_flows,
      },
    },
  };
}

function isZero({ packets, bytes, active_flows }: CounterChange): boolean {
  return packets === 0n && bytes === 0n && active_flows === 0;
}
