import { inspect } from 'node:util';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { readAllLanes } from '../../../core/ledger/figures/read-lanes.ts';
import { lanePathTotals, laneTotals } from '../../../core/ledger/lane/lane-totals.ts';
import { addPathCounts, noPathCounts, type PathCounts } from '../../../core/totals/path-counts.ts';
import { auditEntries } from '../audit-entries.ts';
import type { ControlState } from '../control/control-state.ts';
import { expectShown } from '../control/expect-shown.ts';
import { expectSoundInventory, pathPlaces } from '../inventory-check.ts';
import { dumpNetwork } from '../network-bed.ts';
import { addCounts, type Counted, type Counts, pairName } from './counted-record.ts';
import type { LiveApi } from './live-api.ts';
import type { Person } from './person.ts';
import { itemsOf, readShownLive } from './read-shown-live.ts';
import { SoakFailure } from './soak-failure.ts';
import type { SoakTables } from './soak-tables.ts';

export interface EndState {
  api: LiveApi;
  stored: SoakTables;
  counted: Counted;
  people: readonly Person[];
}

/**
 * The invariants when the traffic has ended, everything is counted, and no operation is running.
 */
const CHECKS: Record<string, (end: EndState) => Promise<void>> = {
  async 'what the recorders counted is what the reports say'({ counted }) {
    expectCounts(sumBy(counted, policyOf), counted.recorded);
  },

  async 'the totals of all traffic, to the byte'({ api, counted }) {
    const { trafficTotals } = await api.query<{ trafficTotals: ExactTotals }>(
      '{ trafficTotals { packets_exact bytes_exact } }',
    );
    expectCounts(
      new Map([['all', exact(trafficTotals)]]),
      sumBy(counted, () => 'all'),
    );
  },

  async 'the totals of each policy, to the byte'({ api, counted }) {
    const items = await itemsOf<{ id: string; packets_matched_exact: string; bytes_matched_exact: string }>(
      api,
      'policies',
      'id packets_matched_exact bytes_matched_exact',
    );
    const shown = items.map(({ id, packets_matched_exact: packets, bytes_matched_exact: bytes }) => [
      id,
      { packets: BigInt(packets), bytes: BigInt(bytes) },
    ]);
    expectCounts(withoutZeros(new Map(shown as [string, Counts][])), withoutZeros(sumBy(counted, policyOf)));
  },

  async 'the totals of each edge, to the byte'({ api, counted }) {
    const items = await itemsOf<{ id: string } & ExactTotals>(api, 'edges', 'id packets_exact bytes_exact');
    const shown = new Map(items.map(item => [item.id, exact(item)]));
    expectCounts(
      withoutZeros(shown),
      sumBy(counted, (_, edge_id) => edge_id),
    );
  },

  async 'the totals of each site and endpoint, to the byte'({ api, counted, people }) {
    const due = sumBy(counted, (pair, edge_id) => {
      return pairName(counted.edges.get(edge_id)!.site_id, pair.split(' ')[1]!);
    });
    const sites = people.flatMap(({ state }) => state.sites.filter(({ active }) => active));
    for (const { id } of sites) {
      const { endpointStats } = await api.query<{ endpointStats: ({ endpoint_id: string } & ExactTotals)[] }>(
        'query ($site_id: ID!) { endpointStats(site_id: $site_id) { endpoint_id packets_exact bytes_exact } }',
        { site_id: id },
      );
      const shown = new Map(endpointStats.map(each => [pairName(id, each.endpoint_id), exact(each)]));
      const own = [...due].filter(([name]) => name.startsWith(`${id} `));
      expectCounts(withoutZeros(shown), withoutZeros(new Map(own)));
    }
  },

  async 'each lane: policies, endpoints and paths, to the byte and packet'({ stored, counted }) {
    const pairs = new Map<string, Counts>();
    const paths = new Map<string, PathCounts>();
    for await (const lane of readAllLanes(stored.client, stored.tables)) {
      for (const { policy_id, endpoint_id, packets, bytes } of laneTotals(lane)) {
        addCounts(pairs, `${lane.edge_id} ${pairName(policy_id, endpoint_id)}`, { packets, bytes });
      }
      for (const { path_id, ...counts } of lanePathTotals(lane)) {
        const name = `${lane.edge_id} ${path_id}`;
        paths.set(name, addPathCounts(paths.get(name) ?? noPathCounts(), counts));
      }
    }
    expectCounts(withoutZeros(pairs), withoutZeros(sumBy(counted, (pair, edge_id) => `${edge_id} ${pair}`)));
    const due = [...counted.edges].flatMap(([edge_id, edge]) =>
      [...edge.paths].map(([path_id, counts]) => [`${edge_id} ${path_id}`, counts] as const),
    );
    expect(sortedEntries(paths)).toEqual(sortedEntries(new Map(due)));
  },

  async 'counters and lanes agree'({ api }) {
    const { trafficAudit } = await api.query<{ trafficAudit: object }>(
      '{ trafficAudit { agrees unreadable_lanes mismatches { policy_id } } }',
    );
    expect(trafficAudit).toEqual({ agrees: true, unreadable_lanes: 0, mismatches: [] });
  },

  async 'no report is in the quarantine'({ stored: { client, tables } }) {
    const found: unknown[] = [];
    const scan = {
      TableName: tables.traffic,
      FilterExpression: 'begins_with(pk, :quarantine)',
      ExpressionAttributeValues: { ':quarantine': 'QUARANTINE' },
    };
    for await (const { Items = [] } of paginateScan({ client }, scan)) found.push(...Items);
    expect(found).toEqual([]);
  },

  async 'no orphan is left'({ stored, people }) {
    const items = await dumpNetwork(stored as never);
    // Ended operations stay for a minute, so that readers that began earlier find them.
    expectSoundInventory(
      new Map([...items].filter(([, { pk, state }]) => pk !== 'DELETION' || state !== 'ENDED')),
    );
    // Each path has both of its copies, or is in exactly one archive.
    const places = pathPlaces(items);
    expect([...places].filter(([, count]) => count !== 1)).toEqual([]);
    const inUse = people.flatMap(({ state }) => state.paths.filter(({ place }) => place === 'in use'));
    expect(inUse.filter(({ id }) => places.get(id) !== 1)).toEqual([]);
  },

  async 'the queries show what people have done'({ api, counted, people }) {
    const state = stateOf(people, counted);
    expectShown(await readShownLive(api, state), state);
  },

  async 'one audit entry for each change, and none for others'({ stored, people }) {
    const emails = new Map(people.map(({ email, number }) => [email, number]));
    const entries = (await auditEntries(stored)) as unknown as {
      id: string;
      operation: string;
      target: string;
      outcome: string;
      actor: { email: string | null };
    }[];
    const done = entries.filter(({ outcome, actor }) => outcome === 'DONE' && emails.has(actor.email ?? ''));
    const known = new Map(people.flatMap(({ entries }) => entries).map(entry => [entry.id, entry]));
    const stored_ids = new Set(done.map(({ id }) => id));
    expect(done.filter(({ id }) => !known.has(id))).toEqual([]);
    expect([...known.values()].filter(({ id }) => !stored_ids.has(id))).toEqual([]);
    expect(done.length).toBe(known.size);
  },
};

/** Runs all checks. @throws SoakFailure with those that failed */
export async function checkAll(end: EndState, onCheck: (name: string, error?: Error) => void): Promise<void> {
  const failed: string[] = [];
  for (const [name, check] of Object.entries(CHECKS)) {
    try {
      await check(end);
      onCheck(name);
    } catch (cause) {
      onCheck(name, cause as Error);
      failed.push(`${name}\n${describe(cause as Error)}`);
    }
  }
  if (failed.length > 0) throw new SoakFailure(failed.join('\n\n'));
}

/** The number of differences that are listed. */
const NAMED = 10;
/** The length of a wrong value in the message. */
const SHOWN_CHARACTERS = 3000;

/** An assertion prints the value only under vitest. */
function describe(cause: Error & { actual?: unknown; expected?: unknown }): string {
  if (!('actual' in cause)) return cause.message;
  const shown = (value: unknown) => inspect(value, { depth: 6 }).slice(0, SHOWN_CHARACTERS);
  return `${cause.message}\nfound ${shown(cause.actual)}\ninstead of ${shown(cause.expected)}`;
}

interface ExactTotals {
  packets_exact: string;
  bytes_exact: string;
}

const exact = ({ packets_exact, bytes_exact }: ExactTotals): Counts => ({
  packets: BigInt(packets_exact),
  bytes: BigInt(bytes_exact),
});

const policyOf = (pair: string): string => pair.split(' ')[0]!;

/** All pairs of all edges, summed by a name. */
export function sumBy(
  { edges }: Counted,
  nameOf: (pair: string, edge_id: string) => string,
): Map<string, Counts> {
  const sums = new Map<string, Counts>();
  for (const [edge_id, { pairs }] of edges) {
    for (const [pair, counts] of pairs) addCounts(sums, nameOf(pair, edge_id), counts);
  }
  return sums;
}

function withoutZeros(counts: ReadonlyMap<string, Counts>): Map<string, Counts> {
  return new Map([...counts].filter(([, { packets, bytes }]) => packets > 0n || bytes > 0n));
}

/** @throws Error that lists differences, up to a limit */
function expectCounts(found: ReadonlyMap<string, Counts>, due: ReadonlyMap<string, Counts>): void {
  const names = [...new Set([...found.keys(), ...due.keys()])].sort();
  const text = (counts: Counts | undefined) =>
    counts ? `${counts.packets} packets, ${counts.bytes} bytes` : 'nothing';
  const different = names.flatMap(name => {
    const [shown, counted] = [text(found.get(name)), text(due.get(name))];
    return shown === counted ? [] : [`${name}: ${shown} instead of ${counted}`];
  });
  if (different.length === 0) return;
  throw new Error(`${different.length} differ:\n${different.slice(0, NAMED).join('\n')}`);
}

function sortedEntries<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The objects that all people have created, and the counts of their edges. */
function stateOf(people: readonly Person[], { edges }: Counted): ControlState {
  const states = people.map(({ state }) => state);
  const definedAt = new Map(
    people.flatMap(({ entries }) =>
      entries
        .filter(({ operation }) => operation === 'createPolicy')
        .map(({ after, at }) => [(after as { id: string }).id, at] as const),
    ),
  );
  const order = ({ id }: { id: string }) => definedAt.get(id) ?? '';
  return {
    sites: states.flatMap(({ sites }) => sites),
    paths: states.flatMap(({ paths }) => paths),
    policies: states.flatMap(({ policies }) => policies).sort((a, b) => (order(a) < order(b) ? -1 : 1)),
    default_preference: '',
    edges: states
      .flatMap(state => state.edges)
      .map(edge => {
        const pairs = edges.get(edge.id)?.pairs ?? new Map<string, Counts>();
        const counted: Record<string, number> = {};
        for (const [pair, { packets }] of pairs) {
          counted[policyOf(pair)] = (counted[policyOf(pair)] ?? 0) + Number(packets);
        }
        const boot = { id: 'all', seq: 0, reported: counted, counted, voided_by: null };
        return { ...edge, boots: pairs.size === 0 ? [] : [boot] };
      }),
    resets: [],
  };
}
