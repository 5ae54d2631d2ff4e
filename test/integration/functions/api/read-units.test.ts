import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATION_ARGUMENTS } from '../../../../graphql/arguments.generated.ts';
import { machine } from '../../../support/api.ts';
import { projectText } from '../../../support/project-files.ts';
import { type ReadUnitsWorld, readUnitsWorld } from '../../../support/read-units-world.ts';

/**
 * What the formulas of docs/api.md name, and the sizes of the networks that they are checked on.
 */
interface Measures {
  /** Edges at the requested site. */
  n: number;
  /** Entries of the page. */
  e: number;
  /** Minutes of the range. */
  m: number;
}

const NETWORKS = [
  { size: { at_site: 2, others: 5, policies: 4 }, measures: { n: 2, e: 3, m: 10 } },
  { size: { at_site: 3, others: 40, policies: 4 }, measures: { n: 3, e: 4, m: 5 } },
] as const;

const START = Date.UTC(2026, 0, 31, 12, 3);

type Query = Extract<keyof typeof OPERATION_ARGUMENTS, `Query.${string}`>;

const QUERIES = Object.keys(OPERATION_ARGUMENTS).filter((name): name is Query => name.startsWith('Query.'));

const EDGE = { ...machine, userArn: 'arn:aws:sts::123456789012:assumed-role/edges/a-0' };
const OF_EDGES: Query[] = ['Query.pendingCommands', 'Query.ownEdge', 'Query.edgeRoutes'];

/** The arguments. A query without an entry has only the length of a page. */
function argumentsOf(
  { site_a, site_b, path_id, policy_id, export_id, audit_id, incident_id, destination_id }: ReadUnitsWorld,
  { e, m }: Measures,
): Partial<Record<Query, object>> {
  const range = { from: new Date(START).toISOString(), to: new Date(START + m * 60_000).toISOString() };
  const filter = { site_id: site_a };
  const site = { site_id: site_a };
  const edge = { edge_id: 'a-0' };
  return {
    'Query.policies': {},
    'Query.policy': { id: policy_id },
    'Query.matchPolicy': { flow: { src: '10.1.2.3', dst: '192.0.2.9', protocol: 6 } },
    'Query.policyImpact': { draft: { id: policy_id, enabled: false } },
    'Query.policyVersions': { id: policy_id, limit: e },
    'Query.edges': { limit: e },
    'Query.edge': { id: 'a-0' },
    'Query.edgeBoots': edge,
    'Query.auditLog': { limit: e },
    'Query.changesBetween': range,
    'Query.incident': { id: incident_id },
    'Query.auditEntry': { id: audit_id },
    'Query.events': { limit: e },
    'Query.figures': { scope: 'POLICIES' },
    'Query.policyHistory': { policy_id, ...range },
    'Query.trafficHistory': { ...range, filter },
    'Query.trafficSeries': { ...range, group_by: 'EDGE', filter },
    'Query.trafficPercentile': {
      ...{ from: '2026-01-31T12:05:00.000Z', to: '2026-01-31T12:10:00.000Z' },
      filter: { policy_id },
    },
    'Query.trafficStats': { ...range, group_by: ['EDGE'], filter },
    'Query.trafficCost': { ...range, group_by: ['EDGE'], filter },
    'Query.topFlows': site,
    'Query.duplicateCounting': site,
    'Query.flows': range,
    'Query.flowStats': { ...range, group_by: ['PROTOCOL'], filter },
    'Query.cacheHistory': range,
    'Query.pathHistory': { path_id, ...range },
    'Query.pathLoss': { path_id },
    'Query.endpointStats': site,
    'Query.routingDecision': { policy_id, source_site_id: site_a, destination_site_id: site_b },
    'Query.routingDecisions': { source_site_id: site_a, destination_site_id: site_b },
    'Query.policyRouting': { policy_id },
    'Query.pendingCommands': edge,
    'Query.ownEdge': edge,
    'Query.edgeRoutes': edge,
    'Query.sites': { limit: 1 },
    'Query.site': { id: site_a },
    'Query.paths': site,
    'Query.countSitePaths': site,
    'Query.siteDeletionPreview': site,
    'Query.export': { id: export_id },
    'Query.deliveries': { destination_id },
  };
}

/** The rows of the table: the formulas of a query's read units and requests. */
function documented(): Map<string, { units: string; requests: string }> {
  const [, section = ''] = projectText('docs/api.md').split('\n## What a query reads\n');
  const rows = section.split('\n## ')[0]!.matchAll(/^\| `(\w+)`[^|]*\| ([^|]+) \| ([^|]+) \|$/gm);
  return new Map(
    Array.from(rows, ([, name, units, requests]) => [name!, { units: units!, requests: requests! }]),
  );
}

/** @example evaluated('6 + n·(m + 4)', { n: 2, e: 3, m: 10 }) // 34 */
function evaluated(formula: string, { n, e, m }: Measures): number {
  if (!/^[\d\s+·().nem]+$/.test(formula)) throw new Error(`no formula: ${formula}`);
  return new Function('n', 'e', 'm', `return ${formula.replaceAll('·', '*')}`)(n, e, m);
}

describe('docs/api.md, the reads of a query', () => {
  const rows = documented();

  it('has exactly one row for each query', () => {
    expect([...rows.keys()].sort()).toEqual(QUERIES.map(name => name.slice('Query.'.length)).sort());
  });

  describe.each(NETWORKS)('in a network of $size.others other edges', ({ size, measures }) => {
    let world: ReadUnitsWorld;
    beforeAll(async () => {
      world = await readUnitsWorld(size);
    }, 120_000);
    afterAll(() => world.db.drop());

    it.each(QUERIES)('%s uses the read units and requests of its row', async query => {
      const by = OF_EDGES.includes(query) ? { identity: EDGE } : {};
      const { units, requests } = rows.get(query.slice('Query.'.length))!;
      const reads = await world.measure(query, argumentsOf(world, measures)[query] ?? {}, by);
      expect(reads).toEqual({
        units: evaluated(units, measures),
        requests: evaluated(requests, measures),
      });
    });
  });
});
