import { expect } from 'vitest';
import type { Answer } from '../../../functions/api/answer.ts';
import { expectSoundInventory } from '../inventory-check.ts';
import { dumpNetwork } from '../network-bed.ts';
import type { ControlModel } from './control-model.ts';
import type { ControlState, Effect, Entry, Plan } from './control-state.ts';
import type { Circumstances, ControlWorld } from './control-world.ts';
import { expectOrders } from './expect-orders.ts';
import { expectShown } from './expect-shown.ts';
import { readShown, type Shown } from './read-shown.ts';

interface Planned {
  plan: (state: ControlState) => Plan;
  how: Circumstances;
  /** The queries that are made and checked afterwards; `most`: those with the most data. */
  ask?: 'most' | 'all' | 'none';
}

interface Changed {
  /** The audit entries of the change. */
  entries: Entry[];
  /** The answers of the queries after the change. */
  shown: Shown;
}

/**
 * Requests a change, and fails unless the state afterwards is the expected one: after a kill all of
 * the change or none.
 * @returns the entries of the change
 */
export async function makeChange(
  model: ControlModel,
  world: ControlWorld,
  { plan, how, ask = 'most' }: Planned,
): Promise<Changed> {
  const { operation, args, outcome, unless, effects: planned } = plan(model.state);
  world.now += 1000;
  const token = how.again && CREATING.has(operation) ? { client_token: crypto.randomUUID() } : undefined;
  const first = await world.change(operation, { ...args, ...token }, how);
  const answered = token ? await sentAgain(world, first, { operation, args: { ...args, ...token } }) : first;
  if (answered === 'killed') await expectAllOrNothing(model, world, plan);
  const found = answered === 'killed' ? undefined : outcomeOf(answered);
  const isUnless = found !== undefined && found.outcome === unless;
  if (found && !isUnless) expect({ operation, args, ...found }).toMatchObject({ operation, args, outcome });
  const effects = isUnless ? [] : planned;
  const unfinished = answered !== 'killed' && 'data' in answered && isUnfinished(answered.data);
  if (answered === 'killed' || unfinished) {
    await world.settle();
    expectSoundInventory(await dumpNetwork(world.context(world.db.client)));
  }
  const entries = await world.newEntries();
  const due = answered === 'killed' ? effects.filter(effect => entryOf(effect, entries)) : effects;
  expect(entries.map(({ operation }) => operation).sort()).toEqual(
    due.map(({ operation }) => operation).sort(),
  );
  if (answered !== 'killed' && 'data' in answered) expectNamed(answered.data, entries);
  for (const effect of due) {
    const entry = entryOf(effect, entries);
    expect(entry, `the entry of ${operation} ${effect.target}`).toBeDefined();
    effect.apply(entry!);
  }
  model.entries.push(...entries);
  if (ask === 'none') return { entries, shown: new Map() };
  world.now += 1000;
  const shown = await readShown(world, model.state, { all: ask === 'all' });
  expectShown(shown, model.state);
  await expectOrders(world, model.state, entries);
  return { entries, shown };
}

/** Operations with a `client_token`. */
const CREATING = new Set(['createSite', 'addEndpoint', 'createPath', 'createPolicy', 'registerEdge']);

/**
 * The same request with the same token once more, from a caller who may have received no answer: it
 * is executed once.
 */
async function sentAgain(
  world: ControlWorld,
  first: Answer | 'killed',
  { operation, args }: { operation: string; args: object },
): Promise<Answer> {
  const again = await world.change(operation, args, { by: 0 });
  expect(again).not.toBe('killed');
  if (first !== 'killed') expect(idOf(again as Answer)).toEqual(idOf(first));
  return again as Answer;
}

const idOf = (answered: Answer) =>
  'data' in answered ? (answered.data as { id: string }).id : answered.error.type;

function entryOf({ operation, target }: Effect, entries: readonly Entry[]): Entry | undefined {
  return entries.find(
    entry => entry.operation === operation && (target === undefined || entry.target === target),
  );
}

function outcomeOf(answered: object): { outcome: string; message?: string } {
  if (!('error' in answered)) return { outcome: 'done' };
  const { type, message } = answered.error as { type: string; message: string };
  return { outcome: type, message };
}

function isUnfinished(data: unknown): boolean {
  return [data].flat().some(each => (each as { finished?: boolean } | null)?.finished === false);
}

/** The answer contains the id of the change's entry. */
function expectNamed(data: unknown, entries: readonly Entry[]): void {
  for (const each of [data].flat() as { audit_id?: string; success?: boolean }[]) {
    if (entries.length === 0 || each?.audit_id === undefined || each.success === false) continue;
    expect(entries.map(({ id }) => id)).toContain(each.audit_id);
  }
}

/** Right after a kill every query returns the change in full or not at all. */
async function expectAllOrNothing(
  { state }: ControlModel,
  world: ControlWorld,
  plan: Planned['plan'],
): Promise<void> {
  const shown = await readShown(world, state, { all: false });
  const after = structuredClone(state);
  const [effect, ...others] = plan(after).effects;
  // A created object is known only by its entry.
  if (!effect?.target || others.length > 0) return;
  try {
    expectShown(shown, state, { ended: false });
  } catch {
    const { operation, target } = effect;
    effect.apply({ id: '', operation, did: null, target, before: null, after: null });
    expectShown(shown, after, { ended: false });
  }
}
