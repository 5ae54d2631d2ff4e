import type { CounterChange } from '../ledger/lane/lane-changes.ts';
import { bootKey, bootPartsKey, counterKey, heardEdgeKey, laneKey } from '../ledger/lane-keys.ts';
import { encodeBoot } from '../ledger/packing/boot-codec.ts';
import { type ItemKey, keyText } from '../storage/item.ts';
import { TRANSACTION_MAX_ACTIONS, TRANSACTION_MAX_BYTES } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';
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
    const isAlone = alone(step);
    if (!isAlone && shared.some(transaction => transaction.add(draft))) continue;
    const transaction = new TransactionDraft<S>();
    transaction.add(draft);
    (isAlone ? single : shared).push(transaction);
  }
  return [...shared, ...single].map(transaction => transaction.finish(table));
}

interface StepDraft<S> {
  step: S;
  /** Writes of the lane and its boots: of this step alone. */
  own: WriteAction[];
  /** Writes of what the edge's lanes have in common, by key. */
  shared: Map<string, DraftAction<S>>;
  bytes: number;
}

interface DraftAction<S> {
  action: WriteAction;
  /** Steps that need the same write can share it only where it says the same. */
  says: string;
  steps: S[];
}

interface DraftCounter<S> {
  slot: number;
  policy_id: string;
  change: CounterChange;
  steps: S[];
}

/** Keys, expressions and names of one action, with room. */
const ACTION_BYTES = 1024;

class TransactionDraft<S extends LaneStep> {
  readonly #own: DraftAction<S>[] = [];
  readonly #shared = new Map<string, DraftAction<S>>();
  /** By slot, then by policy. */
  readonly #counters = new Map<number, Map<string, DraftCounter<S>>>();
  readonly #steps: S[] = [];
  #actions = 0;
  #bytes = 0;

  /** Adds a step where it fits; says whether it did. A step alone always fits. */
  add(draft: StepDraft<S>): boolean {
    const { step, own, shared, bytes } = draft;
    const slot = this.#slot(step.slot);
    if (this.#steps.length > 0 && !this.#fits(slot, draft)) return false;
    this.#steps.push(step);
    this.#bytes += bytes;
    for (const action of own) this.#own.push({ action, says: '', steps: [step] });
    for (const [key, item] of shared) {
      const known = this.#shared.get(key);
      if (known) known.steps.push(step);
      else this.#shared.set(key, item);
    }
    for (const [policy_id, change] of step.changes.counters) {
      if (!isZero(change)) addCounter(slot, policy_id, change, step);
    }
    this.#actions = this.#own.length + this.#shared.size;
    for (const counters of this.#counters.values()) this.#actions += counters.size;
    return true;
  }

  finish(table: string): LaneTransaction<S> {
    const drafts = [...this.#own, ...this.#shared.values()];
    for (const { slot, policy_id, change, steps } of [...this.#counters.values()].flatMap(valuesOf)) {
      if (isZero(change)) continue;
      drafts.push({ action: addToCounter(table, counterKey(slot, policy_id), change), says: '', steps });
    }
    return {
      steps: this.#steps,
      actions: drafts.map(({ action }) => action),
      stepsOf: index => drafts[index]?.steps ?? [],
    };
  }

  #slot(slot: number): Map<string, DraftCounter<S>> {
    const known = this.#counters.get(slot) ?? new Map<string, DraftCounter<S>>();
    this.#counters.set(slot, known);
    return known;
  }

  #fits(slot: Map<string, DraftCounter<S>>, { step, own, shared, bytes }: StepDraft<S>): boolean {
    if (this.#actions >= TRANSACTION_MAX_ACTIONS) return false;
    if (this.#bytes + bytes > TRANSACTION_MAX_BYTES) return false;
    let actions = this.#actions + own.length;
    for (const [key, { says }] of shared) {
      const known = this.#shared.get(key);
      if (known && known.says !== says) return false;
      if (!known) actions++;
    }
    for (const [policy_id, change] of step.changes.counters) {
      if (!slot.has(policy_id) && !isZero(change)) actions++;
    }
    return actions <= TRANSACTION_MAX_ACTIONS;
  }
}

function addCounter<S extends LaneStep>(
  slot: Map<string, DraftCounter<S>>,
  policy_id: string,
  change: CounterChange,
  step: S,
): void {
  const known = slot.get(policy_id);
  if (!known) {
    slot.set(policy_id, { slot: step.slot, policy_id, change: { ...change }, steps: [step] });
    return;
  }
  known.change.packets += change.packets;
  known.change.bytes += change.bytes;
  known.change.active_flows += change.active_flows;
  known.steps.push(step);
}

function valuesOf<T>(map: ReadonlyMap<unknown, T>): T[] {
  return [...map.values()];
}

function draftOf<S extends LaneStep>(step: S, table: string): StepDraft<S> {
  const { base, next, changes } = step;
  const { edge_id, part } = base;
  const own = [putLane(table, laneKey(edge_id, part), step)];
  let bytes = next.data?.length ?? 0;
  for (const boot of changes.boots.values()) {
    const data = encodeBoot(boot);
    bytes += data.length;
    own.push({ Put: { TableName: table, Item: { ...bootKey(edge_id, part, boot.boot_id), data } } });
  }
  const shared = new Map<string, DraftAction<S>>();
  if (base.version === 0) {
    const key = heardEdgeKey(edge_id);
    shared.set(keyText(key), { action: enterHeardEdge(table, key), says: '', steps: [step] });
  }
  for (const [boot_id, parts] of changes.parts) {
    const key = bootPartsKey(edge_id, boot_id);
    shared.set(keyText(key), { action: fixParts(table, key, parts), says: String(parts), steps: [step] });
  }
  const actions = own.length + shared.size + changes.counters.size;
  return { step, own, shared, bytes: bytes + actions * ACTION_BYTES };
}

/** The condition guards the lane's boot items too: whoever writes one raises the lane's version. */
function putLane(table: string, key: ItemKey, { base, next }: LaneStep): WriteAction {
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

function enterHeardEdge(table: string, Key: ItemKey): WriteAction {
  return {
    Update: {
      TableName: table,
      Key,
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
