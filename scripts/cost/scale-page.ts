import { markdownTable, shortNumber } from '../markdown-table.ts';
import { DEFAULT_SHAPE, describe } from './default-shape.ts';
import { type FunctionModel, functionModel } from './function-model.ts';
import { comparedWithModel } from './model-check.ts';
import { changeRequests, type Needs, needsOf } from './needs.ts';
import { edgesOfShard, type NetworkShape } from './network-shape.ts';
import { QUOTAS, quotaSources } from './quotas.ts';
import { elementsAtScale } from './scale.ts';
import type { SimulatedUsage, Units } from './units.ts';

const SIZES = [10, 1000, 100_000, 1_000_000];

/** The needs of networks of several sizes, and the capacity of each element. */
export function scaleTables(units: Units): string {
  const model = functionModel(units);
  return `${needsTable(DEFAULT_SHAPE, model, units)}\n\n${elementTable(DEFAULT_SHAPE, model, units)}`;
}

/** docs/scale.md. */
export function scalePage(units: Units): string {
  const model = functionModel(units);
  const many = { ...DEFAULT_SHAPE, policies: 80 };
  return `# How far it scales

\`npm run cost -- --scale\` prints these tables; \`npm run generate\` makes this page from the same model as [cost.md](cost.md). Edges have ${DEFAULT_SHAPE.policies} policies,
${DEFAULT_SHAPE.paths} paths and ${DEFAULT_SHAPE.flows} flows a report, and report each ${DEFAULT_SHAPE.interval_s} s.

## Needs by size

${needsTable(DEFAULT_SHAPE, model, units)}

The latency is that from a packet to the figures of an open console: the rest of the edge's interval, the ingest window, and ten seconds until the console
receives it. \`shards\` and \`counter_slots\` are settings; the rest scales by itself within the quotas of the account.

## Quotas to raise, tables to warm

${quotaTable(DEFAULT_SHAPE, model, units)}

A table is warmed with \`aws dynamodb update-table --warm-throughput\` before many edges are added at once. It costs the units once. Tables that grow with
their traffic need none.

## The limit of each element

For ${describe({ ...DEFAULT_SHAPE, edges: 1_000_000 })} and the default quotas, the lowest limit first.

${elementTable(DEFAULT_SHAPE, model, units)}

With 80 policies an edge a transaction holds 20 lanes beside its counters, and the counters of a slot limit a shard first: ${perShard(many, model)} edges a
shard instead of ${perShard({ ...many, policies: 20 }, model)}.

No item grows with the number of edges: a snapshot's mark lists silences by their minutes, hours and days, at most some 6,000 of them (80 KB), however many
edges are silent.
${checkedByRun(units)}
## Quotas and limits

Defaults in us-east-1. Unconfirmed values are from memory: check them in your account before you rely on them.

${quotaSources()}
`;
}

function needsTable(shape: NetworkShape, model: FunctionModel, units: Units): string {
  const sizes = SIZES.map(edges => needsOf({ ...shape, edges }, model, units));
  const row = (name: string, of: (needs: Needs) => string) => [name, ...sizes.map(of)];
  return markdownTable(
    [
      { heading: 'edges' },
      ...sizes.map(({ edges }) => ({ heading: edges.toLocaleString('en'), right: true })),
    ],
    [
      row('shards', ({ shards }) => shortNumber(shards)),
      row('edges a shard', ({ edges, shards }) => shortNumber(edges / shards)),
      row('counter slots', ({ slots }) => shortNumber(slots)),
      row('write units a second', ({ write_units }) => shortNumber(write_units)),
      row('read units a second', ({ read_units }) => shortNumber(read_units)),
      row('requests to the API a second', ({ api_requests }) => shortNumber(api_requests)),
      row('connections', ({ connections }) => shortNumber(connections)),
      row('function calls at a time', ({ concurrency }) => shortNumber(concurrency)),
      row('packet to console, on average', ({ latency_s }) => `${shortNumber(latency_s.average)} s`),
      row('packet to console, at most', ({ latency_s }) => `${shortNumber(latency_s.most)} s`),
    ],
  );
}

function quotaTable(shape: NetworkShape, model: FunctionModel, units: Units): string {
  const over = (needed: number, there: number) =>
    needed > there ? shortNumber(needed) : `enough (${shortNumber(there)})`;
  const sizes = SIZES.map(edges => needsOf({ ...shape, edges }, model, units));
  const row = (name: string, of: (needs: Needs) => string) => [name, ...sizes.map(of)];
  return markdownTable(
    [
      { heading: 'edges' },
      ...sizes.map(({ edges }) => ({ heading: edges.toLocaleString('en'), right: true })),
    ],
    [
      row('Kinesis: shards of the account', ({ shards }) => over(shards, QUOTAS.shards.value)),
      row('DynamoDB: write units a second of a table', needs =>
        over(needs.write_units, QUOTAS.table_units.value),
      ),
      row('Traffic table, warm write units a second', needs =>
        over(needs.write_units, QUOTAS.warm_writes.value),
      ),
      row('Traffic table, warm read units a second', needs =>
        over(needs.read_units, QUOTAS.warm_reads.value),
      ),
      row('Lambda: calls at a time', ({ concurrency }) => over(concurrency, QUOTAS.lambda_calls.value)),
      row('AppSync: connections begun a second, all back in five minutes', ({ edges }) =>
        over(edges / 300, QUOTAS.connections.value),
      ),
      row('AppSync: requests a second, a change read in 90 s', needs =>
        over(changeRequests(needs), QUOTAS.requests.value),
      ),
    ],
  );
}

function elementTable(shape: NetworkShape, model: FunctionModel, units: Units): string {
  const rows = elementsAtScale(shape, model, units).map(element => [
    element.name,
    `${shortNumber(element.limit)} ${element.measure}`,
    shortNumber(element.load({ ...shape, edges: 1_000_000 })),
    Number.isFinite(element.stops_at) ? `${shortNumber(element.stops_at)} edges` : 'no number of edges',
    element.instead,
  ]);
  return markdownTable(
    [
      { heading: 'element' },
      { heading: 'limit' },
      { heading: 'at 1,000,000', right: true },
      { heading: 'stops at', right: true },
      { heading: 'beyond it' },
    ],
    rows,
  );
}

function perShard(shape: NetworkShape, model: FunctionModel): string {
  return shortNumber(edgesOfShard(shape, { record_bytes: model.recordBytes(shape) }));
}

function checkedByRun(units: Units): string {
  if (!units.large) return '';
  const { shape, minutes } = units.large;
  return `
## Checked by a run

${describe({ ...DEFAULT_SHAPE, ...shape })}, ${minutes === 1 ? 'a minute' : `${minutes} minutes`} of simulated time,${shape.lanes_a_group ? ` with a snapshot in groups of ${shape.lanes_a_group} lanes,` : ''} compared with the model. The model is made from networks of at most a
third of that size. CPU is this machine's, with others at work on it.

${checkTable(units, units.large)}
`;
}

function checkTable(units: Units, large: SimulatedUsage): string {
  const compared = comparedWithModel(units, large).filter(({ name }) => /^(ingest|snapshot),/.test(name));
  return markdownTable(
    [
      { heading: 'a minute' },
      { heading: 'measured', right: true },
      { heading: 'model', right: true },
      { heading: 'ratio', right: true },
    ],
    compared.map(({ name, measured, model, ratio }) => [
      name,
      shortNumber(measured),
      shortNumber(model),
      ratio === null ? '' : ratio.toFixed(2),
    ]),
  );
}
