import fc from 'fast-check';
import { expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import {
  createPolicy,
  deletePolicy,
  togglePolicy,
  updatePolicy,
} from '../../../core/inventory/policies/change-policies.ts';
import type { DefinedPolicy } from '../../../core/inventory/policies/policy-items.ts';
import { readPolicies } from '../../../core/inventory/policies/read-policies.ts';
import { comparePolicyIds } from '../../../core/policy/policy-match.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { auditEntries } from '../../support/audit-entries.ts';
import { type Fault, faultyClient, Killed } from '../../support/faults.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

type Step = { at: Fault | 'no fault'; call: number; id: number } & (
  | { do: 'create' | 'update'; priority: number }
  | { do: 'toggle'; enabled: boolean }
  | { do: 'delete' }
);

/** The expected policies; a step that fails permanently leaves them unchanged. */
interface Model {
  version: number;
  /**
   * Every id that was assigned, in the order of definition. The `id` of a step is an index into it,
   * from 1.
   */
  ids: string[];
  policies: Map<string, { priority: number; enabled: boolean }>;
}

const actor = systemCaller('test');

const faults = fc.constantFrom<Fault | 'no fault'>(
  'no fault',
  'no fault',
  'killed before',
  'killed after',
  'time-out, did not land',
  'time-out, landed',
  'time-out, lands later',
  'connection reset, landed',
  'internal error',
  'throttled',
  'canceled: TransactionConflict',
  'canceled: ConditionalCheckFailed',
);

const common = { at: faults, call: fc.integer({ min: 0, max: 2 }), id: fc.integer({ min: 1, max: 5 }) };
const priority = fc.integer({ min: 0, max: 1000 });
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('create' as const), priority, ...common }),
    fc.record({ do: fc.constant('update' as const), priority, ...common }),
    fc.record({ do: fc.constant('toggle' as const), enabled: fc.boolean(), ...common }),
    fc.record({ do: fc.constant('delete' as const), ...common }),
  ),
  { minLength: 1, maxLength: 12 },
);

it('changes policies, their version and their audit entries together or not at all if a call fails', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async list => {
      const t = await createTables();
      try {
        let model: Model = { version: 0, ids: [], policies: new Map() };
        for (const step of list) model = await take(t, model, step);
      } finally {
        await t.drop();
      }
    }),
    { numRuns: 25 },
  );
});

async function take(t: TestTables, model: Model, step: Step): Promise<Model> {
  const faulty = faultyClient(t.client, call =>
    call === step.call && step.at !== 'no fault' ? step.at : undefined,
  );
  const outcome = await run(contextOf(t, faulty.client), step, idOf(model, step));
  await faulty.landAll();
  const found = await state(t);
  const made = Object.keys(found.policies).find(id => !model.ids.includes(id)) ?? 'no new id';
  // The clock is set back at each step: every id is still later than all earlier ones.
  const isLater = (id: string) => made === 'no new id' || comparePolicyIds(id, made) < 0;
  expect(model.ids.every(isLater)).toBe(true);
  const expected = apply(model, step, made);
  if (outcome === 'killed' && found.version === model.version) {
    expect(found).toEqual(shown(model));
    return model;
  }
  expect(found).toEqual(shown(expected));
  if (outcome !== 'killed') expect(outcome).toBe(wanted(model, step));
  return expected;
}

function idOf({ ids }: Model, { id }: Step): string {
  return ids[id - 1] ?? 'never given';
}

async function run(context: StoreContext, step: Step, id: string): Promise<string> {
  try {
    await perform(context, step, id);
    return 'done';
  } catch (error) {
    if (error instanceof Killed) return 'killed';
    return (error as Error).name;
  }
}

function perform(context: StoreContext, step: Step, id: string): Promise<unknown> {
  switch (step.do) {
    case 'create':
      return createPolicy(context, actor, { name: 'p', priority: step.priority, enabled: true, match: {} });
    case 'update':
      return updatePolicy(context, actor, id, { priority: step.priority });
    case 'toggle':
      return togglePolicy(context, actor, id, { enabled: step.enabled });
    case 'delete':
      return deletePolicy(context, actor, id);
  }
}

function wanted(model: Model, step: Step): string {
  return step.do === 'create' || model.policies.has(idOf(model, step)) ? 'done' : 'NotFound';
}

function apply(model: Model, step: Step, made: string): Model {
  if (wanted(model, step) !== 'done') return model;
  const policies = new Map(model.policies);
  const id = step.do === 'create' ? made : idOf(model, step);
  if (step.do === 'create') policies.set(id, { priority: step.priority, enabled: true });
  if (step.do === 'update') policies.set(id, { ...policies.get(id)!, priority: step.priority });
  if (step.do === 'toggle') policies.set(id, { ...policies.get(id)!, enabled: step.enabled });
  if (step.do === 'delete') policies.delete(id);
  return {
    version: model.version + 1,
    ids: step.do === 'create' ? [...model.ids, made] : model.ids,
    policies,
  };
}

function shown({ version, policies }: Model) {
  return { version, audit_entries: version, policies: Object.fromEntries(policies) };
}

async function state(t: TestTables) {
  const { version, defined } = await readPolicies(contextOf(t, t.client));
  const entries = await auditEntries(t);
  const policies = defined.map(({ id, priority, enabled }: DefinedPolicy) => [id, { priority, enabled }]);
  return { version, audit_entries: entries.length, policies: Object.fromEntries(policies) };
}

function contextOf({ tables }: TestTables, client: TestTables['client']): StoreContext {
  let now = Date.parse('2026-03-15T12:00:00Z');
  return {
    client,
    tables,
    clock: () => now,
    sleep: async ms => {
      now += Math.ceil(ms);
    },
    random: Math.random,
    deadline: now + 60_000,
  };
}
