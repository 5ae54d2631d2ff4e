/** A figure of the documentation: one row of bench/results.json, worded for a reader. */
export interface Figure {
  /** The row's name. */
  row: string;
  what: string;
  /** What the figure is compared with; the row's own words where left out. */
  peer?: string;
}

/** The figures of the README, in their order. */
export const README_FIGURES: readonly Figure[] = [
  {
    row: 'recorder: packet of a known flow',
    what: 'counting a packet of a known flow',
    peer: 'a Map look-up with two additions',
  },
  { row: 'replay: counting a capture, beside softflowd', what: 'counting a capture' },
  { row: 'replay: counting a capture, beside nfpcapd', what: 'the same' },
  {
    row: 'ingest: CPU a report of 20 policies',
    what: 'ingest: CPU of a report of 20 policies',
  },
  {
    row: 'ingest: write units a report, 100 edges × 20 policies',
    what: 'ingest: DynamoDB writes of a report',
  },
  { row: 'cache: hit in memory', what: 'a cache hit in memory' },
  { row: 'routing decision among 100 paths', what: 'a routing decision among 100 paths' },
  {
    row: 'failover, 1,000 edges, 100 policies',
    what: 'a failover of 100 policies, with the orders to 1,000 edges',
  },
  { row: 'deleteSite, 100 paths', what: 'deleting a site with 100 paths' },
  { row: 'deleteSite, 10,000 paths', what: 'deleting a site with 10,000 paths' },
  { row: 'snapshot of 1000 lanes × 20 policies', what: 'the snapshot of a minute: 1,000 edges, 20 policies' },
  { row: 'a day of minutes of a policy: CPU', what: "a day of a policy's minutes: CPU" },
  {
    row: "topFlows of 1000 edges' last minute, 100 flows each",
    what: 'the largest of 100,000 flows of the last minute',
  },
  { row: 'CSV export of flows', what: 'CSV export' },
  {
    row: 'console: figures of Now on the screen',
    what: 'console: the figures of its first page are on the screen',
  },
  { row: 'console: an update of 1000 policies', what: 'console: an update of 1,000 policies' },
];

/** The tables of docs/performance.md, by the name of their place in it. */
export const PERFORMANCE_FIGURES: Record<string, readonly Figure[]> = {
  recorder: [
    {
      row: 'recorder: packet of a known flow',
      what: "a packet of a known flow; 100,000 live flows by Zipf's law",
    },
    {
      row: 'recorder: packet of a known flow, none likelier than another',
      what: 'the same, each flow equally often',
    },
    { row: 'recorder: packet of a known IPv6 flow', what: 'a packet of a known IPv6 flow' },
    { row: 'recorder: heap growth a packet of a known flow', what: 'heap growth a packet' },
    { row: 'recorder: getPolicyStats', what: '`getPolicyStats`' },
    { row: 'recorder: pair of a policy, among 2,000', what: 'finding the pair of a policy among 2,000' },
    {
      row: 'recorder: process memory with 100,000 live flows',
      what: 'the bundled process with 100,000 live flows',
    },
    { row: 'replay: counting a capture, beside softflowd', what: 'replay of 2.1 million frames' },
    { row: 'replay: counting a capture, beside nfpcapd', what: 'the same' },
    { row: 'JSON line of nfdump, counted', what: 'a JSON line of nfdump, counted' },
    { row: 'JSON line of goflow2, counted', what: 'a JSON line of goflow2, counted' },
  ],
  ingest: [
    {
      row: 'ingest: CPU a report of 20 policies',
      what: 'CPU of a report: decode, fold, pack, build the transactions',
    },
    {
      row: 'ingest: CPU a signed report of 20 policies',
      what: 'CPU of a signed report, verified and counted',
    },
    {
      row: 'ingest: CPU of the costliest record',
      what: 'CPU of the costliest of 19 records made to cost much',
    },
    {
      row: 'ingest: write units a report, 100 edges × 20 policies',
      what: 'write units of a report',
    },
    {
      row: 'ingest: write units a report, 1000 old policies and 20 live ones',
      what: 'write units of a report of an edge with 1,000 old policies and 20 live ones, moving the old ones included',
    },
    {
      row: 'ingest: CPU a second of a full shard, no flows',
      what: 'CPU of one second of a full shard: 1,000 reports without flows, the SDK included',
    },
    {
      row: 'ingest: CPU a second of a full shard, 100 flows a report',
      what: 'the same with 100 flows in each report, the objects of the flow log included',
    },
  ],
  usage: [
    { row: 'a simulated edge and hour: write units', what: 'write units of an edge and hour' },
    { row: 'a simulated edge and hour: read units', what: 'read units of an edge and hour' },
    { row: 'a simulated edge and hour: log bytes', what: 'log bytes of an edge and hour' },
    { row: 'a simulated edge and hour: requests to the API', what: 'API requests of an edge and hour' },
  ],
  caches: [
    { row: 'cache: hit in memory', what: 'a hit in memory' },
    { row: 'cache: hit in the shared level', what: 'a hit in the shared level' },
    {
      row: 'cache: 10,000 concurrent callers of one key',
      what: '10,000 concurrent callers of one key',
    },
    { row: 'cache: miss with the table read', what: 'a miss, the table read included' },
    {
      row: 'cache: one path measured 50 times a second',
      what: 'one path that is measured 50 times a second',
    },
  ],
  routing: [
    { row: 'routing decision among 100 paths', what: 'a decision among 100 paths' },
    {
      row: 'failover, 1,000 edges, 100 policies',
      what: 'a failover of 100 policies, with the orders to 1,000 edges',
    },
    {
      row: 'write units a report with 2 steady paths, beyond its lane',
      what: 'write units of a report for two steady paths',
    },
    {
      row: 'first view of 1,000 sites and 4,000 paths',
      what: 'all 4,000 paths of 1,000 sites, first answer',
    },
    { row: 'the same view again', what: 'the same again' },
  ],
  history: [
    {
      row: 'a day of minutes of a policy: pages',
      what: 'a day of minutes of a policy, 1,440 points: Query pages',
    },
    { row: 'a day of minutes of a policy: CPU', what: 'the same: CPU' },
    {
      row: '30 days of hours of a policy: pages',
      what: '30 days of hours of a policy, 720 points: Query pages',
    },
    { row: '30 days of hours of a policy: CPU', what: 'the same: CPU' },
    {
      row: 'snapshot of 1000 lanes × 20 policies',
      what: 'snapshot of 1,000 lanes of 20 policies, with the hour and day that it begins',
    },
    {
      row: 'snapshot: CPU of a minute of 1000 lanes, times 100',
      what: 'CPU of a minute, times 100: 100,000 lanes on paper',
    },
    { row: 'snapshot: lane samples written, a lane', what: 'write units of the sample of a lane' },
    {
      row: 'snapshot that begins an hour: CPU a policy, of 50000',
      what: 'snapshot that begins an hour: CPU of each of 50,000 policies',
    },
    {
      row: 'groups: CPU of one of 64 in a minute of 1000000 lanes on paper',
      what: 'groups of a large network: CPU of one of 64 in a minute of 1,000,000 lanes, measured with 10,000',
    },
    {
      row: 'groups: CPU of the snapshot that has them read, 1000000 lanes on paper',
      what: 'CPU of the snapshot of these groups: sums, completeness of 1,000,000 edges, marks',
    },
  ],
  recovery: [
    {
      row: 'recovery of the counters: 1000 lanes × 20 policies',
      what: 'counters made again from 1,000 lanes of 20 policies',
    },
  ],
  deletion: [
    { row: 'deleteSite, 10 paths', what: 'a site with 10 paths' },
    { row: 'deleteSite, 100 paths', what: 'a site with 100 paths' },
    { row: 'deleteSite, 1,000 paths', what: 'a site with 1,000 paths' },
    { row: 'deleteSite, 10,000 paths', what: 'a site with 10,000 paths' },
    { row: 'deleteSite, live heap at 10,000 paths', what: 'live heap while 10,000 paths are deleted' },
  ],
  flows: [
    {
      row: "topFlows of 1000 edges' last minute, 100 flows each",
      what: '`topFlows` of the last minute of 1,000 edges, 100 flows each, from the local S3',
    },
    { row: 'flow log: bytes a report of 100 flows', what: 'a report of 100 flows in the log' },
  ],
  export: [
    { row: 'CSV export of flows', what: 'text' },
    {
      row: 'CSV export of flows in parts to a bucket',
      what: "parts of 8 MiB through the SDK's client, signed but not sent",
    },
    { row: 'CSV export: memory over 500000 rows', what: 'memory of the text while it runs' },
    { row: 'CSV export in parts: memory over 500000 rows', what: 'memory of the parts while it runs' },
  ],
  console: [
    {
      row: 'console: figures of Now on the screen',
      what: 'figures of Now on the screen, from the start of the navigation',
    },
    { row: 'console: requests of the first view of Now', what: 'requests of the first view of Now' },
    {
      row: 'console: requests of the first view of the worst 200 paths',
      what: 'requests of the first view of the worst 200 of 4,000 paths',
    },
    {
      row: 'console: requests of the first view of the matrix',
      what: 'requests of the first view of the matrix of 1,000 sites',
    },
    {
      row: 'console: requests of Now a minute',
      what: 'requests of Now a minute, apart from the subscriptions',
    },
    { row: 'console: an update of 1000 policies', what: 'CPU of an update of 1,000 policies' },
    {
      row: 'console: long tasks while scrolling through live figures',
      what: 'tasks of over 50 ms while scrolling through eight such updates',
    },
  ],
};
