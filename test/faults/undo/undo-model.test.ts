import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import { finishDeletions } from '../../../core/inventory/removal/finish-deletions.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import type { Answer } from '../../../functions/api/answer.ts';
import { type ApiUnderTest, makeApi } from '../../support/api.ts';
import { type Fault, faultyClient } from '../../support/faults.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { localClient } from '../../support/local-client.ts';
import { reportRecord } from '../../support/report-records.ts';
import { createTables } from '../../support/tables.ts';

/*
 * Random changes over the API, each kept, undone, or restored by an undo of the undo; functions
 * that are killed or lose responses during an undo. After an undo every query returns the answer
 * from before the change.
 */

const RUNS = Number(process.env.UNDO_RUNS ?? 3);

const TROUBLES: readonly Fault[] = [
  'killed before',
  'killed after',
  'time-out, landed',
  'time-out, lands later',
  'connection reset, landed',
  'canceled: TransactionConflict',
  'canceled: ConditionalCheckFailed',
  'throttled',
];

const pick = fc.nat({ max: 7 });
const operation = fc.oneof(
  fc.record({ name: fc.constant('createPolicy'), pick }),
  fc.record({ name: fc.constant('updatePolicy'), pick }),
  fc.record({ name: fc.constant('togglePolicy'), pick }),
  fc.record({ name: fc.constant('deletePolicy'), pick }),
  fc.record({ name: fc.constant('setPolicyRouting'), pick }),
  fc.record({ name: fc.constant('createSite'), pick }),
  fc.record({ name: fc.constant('updateSite'), pick }),
  fc.record({ name: fc.constant('addEndpoint'), pick }),
  fc.record({ name: fc.constant('removeEndpoint'), pick }),
  fc.record({ name: fc.constant('createPath'), pick }),
  fc.record({ name: fc.constant('deletePath'), pick }),
  fc.record({ name: fc.constant('deleteSite'), pick }),
  fc.record({ name: fc.constant('restoreSite'), pick }),
  fc.record({ name: fc.constant('registerEdge'), pick }),
  fc.record({ name: fc.constant('retireEdge'), pick }),
  fc.record({ name: fc.constant('resetPolicyStats'), pick }),
  fc.record({ name: fc.constant('resetAllStats'), pick }),
  fc.record({ name: fc.constant('failoverPath'), pick }),
  fc.record({ name: fc.constant('restorePath'), pick }),
);
const step = fc.record({
  operation,
  /** The fault of the first undo. */
  fault: fc.option(fc.record({ fault: fc.constantFrom(...TROUBLES), at: fc.nat({ max: 14 }) }), {
    nil: undefined,
  }),
  /** 0: it is kept; 1: undone; 2: undone and restored; 3: and undone again. */
  undos: fc.nat({ max: 3 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** So that a few paths need several transactions. */
const SMALL_TRANSACTIONS = 16;
const DAY_MS = 86_400_000;

class Bed {
  readonly api: ApiUnderTest;
  readonly faults = faultyClient(localClient({ maxAttempts: 1 }));
  readonly #t;

  constructor(t: Awaited<ReturnType<typeof createTables>>) {
    this.#t = t;
    const bed = this;
    this.api = makeApi(
      { ...t, client: this.faults.client },
      {
        get context() {
          return bed.context(bed.faults.client);
        },
      },
    );
  }

  context(client = this.#t.client): StoreContext {
    const { api } = this;
    return {
      client,
      tables: this.#t.tables,
      clock: () => api.now,
      sleep: async ms => {
        api.now += Math.ceil(ms);
      },
      random: Math.random,
      deadline: api.now + 20_000,
      max_actions: SMALL_TRANSACTIONS,
    };
  }

  async cleanUp(): Promise<void> {
    await this.faults.landAll();
    this.faults.arm();
    for (let round = 0; round < 2; round += 1) {
      this.api.now += 120_000;
      await finishDeletions(this.context(), { until: this.api.now + 60_000 });
    }
  }

  /** The answer of every query, without the times of the last change and the policies' version. */
  async shown() {
    const { api } = this;
    api.now += 1000;
    const { items: policies } = await api.data('Query.policies', { limit: 100 });
    const { items: sites } = await api.data('Query.sites', { limit: 100 });
    const siteIds: string[] = sites.map(({ id }: { id: string }) => id);
    const each = (ids: string[], field: string, args: (id: string) => object) =>
      Promise.all(ids.map(id => api.data(`Query.${field}`, args(id))));
    const { bytes_exact, packets_exact } = await api.data('Query.trafficTotals');
    const { items: deleted } = await api.data('Query.deletedSites', { limit: 100 });
    const policyIds = policies.map(({ id }: { id: string }) => id);
    const [source_site_id, destination_site_id] = siteIds.toSorted();
    const ends = { policy_id: 'default', source_site_id, destination_site_id };
    const decision = destination_site_id && (await api.data('Query.routingDecision', ends));
    const all = {
      policies,
      routing: await each(policyIds, 'policyRouting', policy_id => ({ policy_id })),
      sites: await each(siteIds, 'site', id => ({ id })),
      paths: await each(siteIds, 'paths', site_id => ({ site_id, limit: 100 })),
      edges: (await api.data('Query.edges', { limit: 100 })).items,
      deleted: deleted.map(({ site_id }: { site_id: string }) => site_id).sort(),
      totals: { bytes_exact, packets_exact },
      decision: decision?.selected_path_id,
    };
    return JSON.parse(JSON.stringify(all), (key, value) =>
      // Values that depend on the clock, or that any change of the site renews.
      ['updated_at', 'since', 'behind', 'silent', 'silent_since'].includes(key) ? undefined : value,
    );
  }

  /**
   * Changes one of the existing objects.
   * @returns the id of its audit entry; undefined: it was refused
   */
  async change({ name, pick: number }: Step['operation']): Promise<string | undefined> {
    const { api } = this;
    api.now += 1000;
    const args = await this.#argumentsOf(name, number);
    if (!args) return undefined;
    const answer = await api.call(`Mutation.${name}`, args);
    if ('error' in answer) {
      expect(answer.error.type).toMatch(/^(Conflict|NotFound|ValidationError)$/);
      return undefined;
    }
    const data = answer.data as { audit_id?: string };
    await this.cleanUp();
    if (data.audit_id !== undefined) return data.audit_id;
    const { items } = await api.data('Query.auditLog', { action: name, limit: 1 });
    return items[0].id;
  }

  async #argumentsOf(name: string, number: number): Promise<object | undefined> {
    const { api } = this;
    const oneOf = <T>(items: T[]): T | undefined => items[number % Math.max(1, items.length)];
    const { items: policies } = await api.data('Query.policies', { limit: 100, defined_only: true });
    const { items: sites } = await api.data('Query.sites', { limit: 100 });
    const { items: deleted } = await api.data('Query.deletedSites', { limit: 100 });
    const policy = oneOf<{ id: string; enabled: boolean }>(
      policies.filter(({ id }: { id: string }) => id !== 'default'),
    );
    const site = oneOf<{ id: string }>(sites);
    const whole = site && (await api.data('Query.site', { id: site.id }));
    const { items: paths } = site
      ? await api.data('Query.paths', { site_id: site.id, limit: 100 })
      : { items: [] };
    const endpoint = oneOf<{ id: string }>(whole?.endpoints ?? []);
    const path = oneOf<{ id: string }>(paths);
    switch (name) {
      case 'createPolicy':
        return { name: `Policy ${number}`, priority: 10 + number };
      case 'updatePolicy':
        return policy && { id: policy.id, priority: 100 + number, name: `Other ${number}` };
      case 'togglePolicy':
        return policy && { id: policy.id, enabled: !policy.enabled };
      case 'deletePolicy':
        return policy && { id: policy.id };
      case 'setPolicyRouting':
        return { policy_id: policy?.id ?? 'default', preference: 'LOWEST_COST', failover_below: 20 + number };
      case 'createSite':
        return { name: `Site ${number}` };
      case 'updateSite':
        return site && { site_id: site.id, name: `Site ${number}`, location: `Town ${number}` };
      case 'addEndpoint':
        return site && { site_id: site.id, address: `192.0.2.${api.now % 250}`, interface_type: 'FIBER' };
      case 'removeEndpoint':
        return endpoint && { site_id: site!.id, endpoint_id: endpoint.id };
      case 'createPath': {
        const peer = sites.find(({ id }: { id: string }) => id !== site?.id);
        const other = peer && (await api.data('Query.site', { id: peer.id }));
        const end = oneOf<{ id: string }>(other?.endpoints ?? []);
        if (!endpoint || !end) return undefined;
        return {
          source_site_id: site!.id,
          source_endpoint_id: endpoint.id,
          destination_site_id: peer.id,
          destination_endpoint_id: end.id,
        };
      }
      case 'deletePath':
      case 'restorePath':
        return path && { path_id: path.id };
      case 'failoverPath':
        // Without terms, a path that nobody measures comes back after an hour, between two answers.
        return path && { path_id: path.id, until_restored: true };
      case 'deleteSite':
        return site && { site_id: site.id };
      case 'restoreSite':
        return deleted.length > 0 ? { site_id: oneOf<{ site_id: string }>(deleted)!.site_id } : undefined;
      case 'registerEdge':
        return site && { id: `edge-${number % 2}`, site_id: site.id, interval_s: 60 + number };
      case 'retireEdge':
        return { id: `edge-${number % 2}` };
      case 'resetPolicyStats':
        return { policy_id: 'default' };
      case 'resetAllStats':
        return {};
      default:
        throw new Error(`not known here: ${name}`);
    }
  }

  /**
   * Undoes, with a fault if there is one, until it is undone.
   * @returns the id of the undo
   */
  async undo(audit_id: string, fault?: Step['fault']): Promise<string> {
    this.api.now += 1000;
    this.faults.arm(fault);
    const first: Answer = await this.api.call('Mutation.undo', { audit_id });
    await this.cleanUp();
    const by = await this.#undoneBy(audit_id);
    if ('data' in first) {
      expect((first.data as { audit_id: string }).audit_id).toBe(by);
    } else if (!fault) throw new Error(`${first.error.type}: ${first.error.message}`);
    if (by !== undefined) return by;
    return this.undo(audit_id);
  }

  async #undoneBy(audit_id: string): Promise<string | undefined> {
    const { items } = await this.api.data('Query.auditLog', { limit: 100 });
    const entry = items.find(({ id }: { id: string }) => id === audit_id);
    return entry.undone_by ?? undefined;
  }
}

async function play(steps: readonly Step[]): Promise<void> {
  const t = await createTables();
  try {
    const bed = new Bed(t);
    const policies = [{ policy_id: 'default', packets: 5n, bytes: 500n }];
    await ingest([reportRecord({ edge_id: 'edge-0', policies })], ingestContext(t));
    for (const name of ['createSite', 'createSite', 'addEndpoint', 'addEndpoint'] as const) {
      await bed.change({ name, pick: 0 });
      await bed.change({ name, pick: 1 });
    }
    for (let index = 0; index < 6; index += 1) await bed.change({ name: 'createPath', pick: index });
    for (const { operation: what, fault, undos } of steps) {
      const before = await bed.shown();
      const audit_id = await bed.change(what);
      if (audit_id === undefined) continue;
      const after = await bed.shown();
      let last = audit_id;
      for (let time = 1; time <= undos; time += 1) {
        last = await bed.undo(last, time === 1 ? fault : undefined);
        const expected = time % 2 === 1 ? before : after;
        // A new site that was removed can be restored: it is then in the archive.
        const deleted = what.name === 'createSite' && { deleted: expect.any(Array) };
        expect(await bed.shown(), `${what.name}, undone ${time} times`).toEqual({ ...expected, ...deleted });
      }
    }
    // As long as archives are kept, no more.
    expect(bed.api.now).toBeLessThan(Date.parse('2026-03-15T12:00:00Z') + DAY_MS);
  } finally {
    await t.drop();
  }
}

it('shows the state before the change after an undo, with any failed call', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 9 }), play), { numRuns: RUNS });
}, 7_200_000);
