import { BatchGetCommand, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { systemCaller } from '../../core/access/caller.ts';
import { setDestination } from '../../core/alarms/destinations/change-destinations.ts';
import { createIncident } from '../../core/incidents/change-incidents.ts';
import { packContent } from '../../core/incidents/frozen-content.ts';
import { ingest } from '../../core/ingest/ingest.ts';
import { withdrawSilentGauges } from '../../core/ingest/silent-gauges.ts';
import { registerEdge } from '../../core/inventory/edges/change-edges.ts';
import { listRegisteredEdges } from '../../core/inventory/edges/site-edges.ts';
import { createPath } from '../../core/inventory/paths/create-path.ts';
import { createPolicy } from '../../core/inventory/policies/change-policies.ts';
import { addEndpoint } from '../../core/inventory/sites/add-endpoint.ts';
import { createSite } from '../../core/inventory/sites/create-site.ts';
import type { Item } from '../../core/storage/item.ts';
import { type ApiUnderTest, makeApi } from './api.ts';
import { clientWith } from './fake-dynamodb.ts';
import { ingestContext } from './ingest-context.ts';
import { itemBytes } from './item-bytes.ts';
import { noExports } from './no-exports.ts';
import { reportRecord, T0 } from './report-records.ts';
import { snapshotAt } from './snapshot-at.ts';
import { storeContext } from './store-context.ts';
import { createTables, type TestTables } from './tables.ts';

const MINUTE = 60_000;
const actor = systemCaller('test');

/** The reads of a query. */
export interface Reads {
  /** Of DynamoDB: its own figures, which are right for everything except transactions. */
  units: number;
  requests: number;
}

export interface WorldSize {
  /** Edges at site A. */
  at_site: number;
  /** Edges at a site that no query asks for. */
  others: number;
  /** In addition to `default`. */
  policies: number;
}

/** A network whose queries are measured. */
export interface ReadUnitsWorld {
  db: TestTables;
  site_a: string;
  site_b: string;
  path_id: string;
  policy_id: string;
  export_id: string;
  destination_id: string;
  /** Of any entry of the audit log. */
  audit_id: string;
  incident_id: string;
  /** Runs a query and counts what it reads. */
  measure(operation: string, args: object, by?: Parameters<ApiUnderTest['data']>[2]): Promise<Reads>;
}

/**
 * Two sites with a path, two edges at one of them and one at the other, and `others` edges at a
 * third site. All have reported each minute for a quarter of an hour, with a snapshot each, and the
 * clean-up has found all lanes listed.
 */
export async function readUnitsWorld({ at_site, others, policies }: WorldSize): Promise<ReadUnitsWorld> {
  const db = await createTables();
  let now = T0;
  const context = storeContext(db, () => now);
  const given = { name: 'Mail', type: 'MAIL', loopback: false, private_addresses: false } as const;
  const { id: destination_id } = await setDestination(context, actor, given);
  const sites: string[] = [];
  for (const name of ['A', 'B', 'C']) {
    // Lists of sites are in the order of creation.
    now += 1000;
    sites.push((await createSite(context, actor, { name })).id);
  }
  const [site_a, site_b, site_c] = sites as [string, string, string];
  for (const site_id of [site_a, site_b]) {
    const address = 'wan1.example.com';
    await addEndpoint(context, actor, { site_id, endpoint_id: 'wan1', address, interface_type: 'FIBER' });
  }
  const path = await createPath(context, actor, {
    ...{ source_site_id: site_a, source_endpoint_id: 'wan1' },
    ...{ destination_site_id: site_b, destination_endpoint_id: 'wan1' },
  });
  const edges = [
    ...Array.from({ length: at_site }, (_, index) => ({ id: `a-${index}`, site_id: site_a })),
    { id: 'b-0', site_id: site_b },
    ...Array.from({ length: others }, (_, index) => ({ id: `c-${index}`, site_id: site_c })),
  ];
  for (const edge of edges) await registerEdge(context, actor, edge);
  await listRegisteredEdges(context);
  const ids = ['default'];
  for (let index = 0; index < policies; index++) {
    // The newest entries of the audit log name their targets themselves.
    now += 1000;
    const input = { name: `Policy ${index}`, priority: index, enabled: true, match: {} };
    ids.push((await createPolicy(context, actor, input)).policy.id);
  }
  const container = ingestContext(db);
  for (let minute = 1; minute <= MINUTES; minute++) {
    now = T0 + minute * MINUTE;
    const records = edges.map(({ id, site_id }) => reportOf({ id, site_id, minute, policies: ids }));
    const left = await ingest(records, { ...container, clock: () => now, deadline: now + MINUTE });
    if (left.length > 0) throw new Error(`${left.length} reports were not counted`);
    await snapshotAt(
      db,
      now,
      edges.map(({ id }) => id),
    );
    if (minute % 5 === 0) await withdrawSilentGauges({ ...context, deadline: now + MINUTE });
  }
  const api = makeApi(db, { exports: startedOnly });
  api.now = now;
  const range = { from: new Date(T0 + MINUTE).toISOString(), to: new Date(now).toISOString() };
  const { id } = await api.data('Mutation.startExport', { input: { kind: 'HISTORY', ...range } });
  const [entry] = (await api.data('Query.auditLog')).items;
  const audit_id: string = entry.id;
  const incident = await createIncident(context, actor, {
    ...{ name: 'An incident', ...range, packed: packContent({ changes: null, log: [] })! },
    scope: { policy_id: null, site_id: null, peer_site_id: null },
  });
  return measured({
    db,
    now,
    site_a,
    site_b,
    path_id: path.id,
    policy_id: ids[1]!,
    export_id: id,
    audit_id,
    destination_id,
    incident_id: incident.id,
  });
}

/** Exports begin, and nothing is exported. */
const startedOnly = { ...noExports, dispatcher: { dispatch: async () => {} } };

/** Minutes of reports and snapshots, with a clean-up every five. */
const MINUTES = 15;

function reportOf(given: { id: string; site_id: string; minute: number; policies: string[] }) {
  const { id: edge_id, site_id, minute, policies } = given;
  const packets = BigInt(minute) * 100n;
  return reportRecord(
    {
      ...{ edge_id, site_id, seq: minute, sent_ms: minute * MINUTE },
      policies: policies.map(policy_id => ({ policy_id, packets, bytes: packets * 700n, active_flows: 2 })),
    },
    { arrived_ms: minute * MINUTE, sequence: minute, partition_key: edge_id },
  );
}

function measured(made: Omit<ReadUnitsWorld, 'measure'> & { now: number }): ReadUnitsWorld {
  const { db, now } = made;
  const reads: Reads = { units: 0, requests: 0 };
  const client = clientWith(async command => {
    const answer = await db.client.send(command as never);
    const units = unitsOf(command, answer);
    if (units !== undefined) {
      reads.units += units;
      reads.requests += 1;
    }
    return answer;
  });
  return {
    ...made,
    async measure(operation, args, by) {
      // A new container without memory.
      const api = makeApi({ ...db, client }, { exports: startedOnly });
      api.now = now + 1000;
      Object.assign(reads, { units: 0, requests: 0 });
      await api.data(operation, args, by);
      return { ...reads };
    },
  };
}

const BLOCK_BYTES = 4096;

/**
 * Read units by the published rule: a strong read takes one for each started 4 KB, of a page in
 * total or of each item of a batch, and one for a missing item; a weak read takes half. Undefined
 * for a command that reads nothing. Source: DynamoDB Developer Guide, "DynamoDB read and write
 * operations".
 */
function unitsOf(command: unknown, answer: unknown): number | undefined {
  if (command instanceof GetCommand) {
    const { Item } = answer as { Item?: Item };
    return blocksOf([Item]) * (command.input.ConsistentRead ? 1 : 0.5);
  }
  if (command instanceof QueryCommand) {
    const { Items = [] } = answer as { Items?: Item[] };
    return blocksOf(Items) * (command.input.ConsistentRead ? 1 : 0.5);
  }
  if (!(command instanceof BatchGetCommand)) return undefined;
  const { Responses = {} } = answer as { Responses?: Record<string, Item[]> };
  let units = 0;
  for (const [table, { Keys = [], ConsistentRead }] of Object.entries(command.input.RequestItems ?? {})) {
    const found = Responses[table] ?? [];
    const blocks = found.reduce((sum, item) => sum + blocksOf([item]), Keys.length - found.length);
    units += blocks * (ConsistentRead ? 1 : 0.5);
  }
  return units;
}

function blocksOf(items: readonly (Item | undefined)[]): number {
  const bytes = items.reduce((sum, item) => sum + (item ? itemBytes(item) : 0), 0);
  return Math.max(1, Math.ceil(bytes / BLOCK_BYTES));
}
