// The rooms of the code: a room is a folder with all of its sub-folders, or a single file. The import check
// (.dependency-cruiser.js) is made from these tables, and a test compares them with the folders.

/** Each room, and the others that it may import. */
export type Rooms = Record<string, string[]>;

/** The top folders, and what each may import beside itself and npm packages. */
export const MAY_IMPORT: Rooms = {
  core: ['graphql'],
  graphql: [],
  functions: ['core', 'graphql'],
  edge: ['core'],
  local: ['core', 'edge', 'graphql'],
  web: ['core', 'graphql'],
  lib: [],
  bin: ['lib'],
  scripts: ['core', 'functions', 'edge', 'local', 'graphql'],
};

/** By top folder: each of its rooms, and the rooms beside it that it may import. */
export const ROOMS: Record<string, Rooms> = {
  core: {
    errors: [],
    hash: [],
    digest: [],
    'local-credentials': [],
    'folder-lock': [],
    time: [],
    access: ['errors', 'storage', 'time'],
    appsync: ['digest', 'time'],
    policy: ['errors'],
    rows: [],
    storage: ['digest', 'errors', 'time'],
    audit: ['access', 'digest', 'errors', 'hash', 'storage', 'time'],
    totals: ['policy'],
    effects: [],
    cache: ['access', 'audit', 'errors', 'hash', 'storage', 'time'],
    recorder: ['errors', 'policy', 'time', 'totals'],
    report: ['errors', 'hash', 'policy', 'totals'],
    flows: ['access', 'audit', 'digest', 'errors', 'hash', 'policy', 'report', 'storage', 'time', 'totals'],
    ledger: ['access', 'audit', 'errors', 'hash', 'report', 'storage', 'time', 'totals'],
    'edge-keys': ['errors', 'report', 'storage', 'time'],
    ingest: [
      'access',
      'digest',
      'edge-keys',
      'errors',
      'flows',
      'hash',
      'ledger',
      'report',
      'storage',
      'time',
    ],
    inventory: ['access', 'audit', 'cache', 'edge-keys', 'errors', 'ledger', 'policy', 'report', 'storage'],
    events: ['access', 'audit', 'inventory', 'storage'],
    history: ['errors', 'inventory', 'ledger', 'storage', 'time', 'totals'],
    alarms: ['access', 'appsync', 'audit', 'errors', 'events', 'hash', 'inventory', 'policy', 'storage'],
    preferences: ['access', 'errors', 'inventory', 'storage'],
    users: ['access', 'audit', 'errors', 'storage'],
    'named-groups': ['access', 'audit', 'errors', 'policy', 'storage'],
    undo: [
      'access',
      'alarms',
      'audit',
      'commands',
      'errors',
      'inventory',
      'ledger',
      'named-groups',
      'routing',
      'storage',
      'users',
    ],
    answers: [
      'audit',
      'effects',
      'errors',
      'events',
      'flows',
      'history',
      'inventory',
      'ledger',
      'named-groups',
      'policy',
      'storage',
      'totals',
      'undo',
    ],
    live: ['answers', 'errors', 'history', 'inventory', 'ledger', 'policy', 'routing', 'storage'],
    commands: ['audit', 'events', 'inventory', 'storage'],
    export: [
      'access',
      'answers',
      'audit',
      'errors',
      'events',
      'flows',
      'history',
      'inventory',
      'policy',
      'rows',
      'storage',
      'totals',
    ],
    operations: ['access', 'audit', 'events', 'export', 'inventory', 'ledger', 'storage'],
    watch: [
      'alarms',
      'export',
      'ingest',
      'inventory',
      'ledger',
      'operations',
      'report',
      'routing',
      'storage',
      'time',
    ],
    routing: [
      'access',
      'alarms',
      'audit',
      'cache',
      'commands',
      'errors',
      'events',
      'history',
      'inventory',
      'ledger',
      'policy',
      'report',
      'storage',
    ],
  },
  edge: {
    'edge-error': [],
    'program-name': [],
    probe: [],
    service: [],
    capture: ['edge-error', 'program-name'],
    paths: ['probe'],
    spool: ['edge-error', 'paths'],
    system: ['edge-error'],
    policies: ['edge-error', 'system'],
    reporting: ['edge-error', 'spool'],
    counting: ['edge-error', 'policies', 'reporting', 'spool', 'system'],
    commands: ['counting', 'edge-error', 'paths', 'policies', 'probe', 'system'],
    'flow-records': ['counting', 'edge-error'],
    simulation: ['commands', 'paths', 'policies', 'probe', 'reporting', 'spool', 'system'],
    cli: [
      'capture',
      'commands',
      'counting',
      'edge-error',
      'flow-records',
      'policies',
      'program-name',
      'reporting',
      'sample',
      'service',
      'simulation',
      'spool',
      'system',
    ],
    sample: ['simulation'],
    main: ['cli'],
    'packaged-main': ['cli'],
  },
  functions: {
    'api-client': [],
    broadcast: ['api-client', 'metrics', 'settings', 'until-answered'],
    figures: ['api-client', 'settings', 'until-answered'],
    cleanup: ['metrics', 'product-caches', 'settings', 'until-answered'],
    'container-caches': ['metrics', 'product-caches'],
    'deletion-worker': ['until-answered'],
    'failover-metrics': ['metrics'],
    'flow-log': ['settings', 'until-answered'],
    metrics: [],
    notify: ['api-client', 'metrics', 'settings', 'until-answered', 'webhook-rules'],
    'product-caches': [],
    settings: [],
    snapshot: ['metrics', 'settings', 'until-answered'],
    'snapshot-group': ['until-answered'],
    api: [
      'container-caches',
      'failover-metrics',
      'metrics',
      'product-caches',
      'settings',
      'until-answered',
      'webhook-rules',
    ],
    ingest: ['container-caches', 'failover-metrics', 'metrics', 'settings', 'until-answered'],
    export: ['metrics', 'settings', 'until-answered'],
    'until-answered': [],
    'webhook-rules': [],
  },
  web: {
    'amplify-loopback': [],
    public: [],
    style: [],
    address: [],
    parts: [],
    session: ['amplify-loopback', 'parts'],
    data: ['parts', 'session'],
    graphiql: ['data', 'parts', 'session', 'style'],
    panels: ['data', 'parts'],
    pages: ['address', 'data', 'panels', 'parts', 'session'],
    frame: ['address', 'data', 'pages', 'parts', 'session'],
    main: ['data', 'frame', 'parts', 'session', 'style'],
  },
  local: {
    aws: [],
    http: [],
    'kept-builds': [],
    queues: [],
    'start-options': [],
    engines: ['aws', 'http'],
    gateway: ['aws', 'http'],
    lambda: ['aws', 'http'],
    mail: ['http'],
    s3: ['aws', 'http'],
    schedules: ['aws'],
    console: ['kept-builds'],
    template: ['aws', 'kept-builds'],
    'event-sources': ['aws', 'lambda'],
    resources: [
      'aws',
      'engines',
      'event-sources',
      'gateway',
      'lambda',
      'queues',
      's3',
      'schedules',
      'template',
    ],
    provision: ['aws', 'gateway', 'lambda', 'mail', 'queues', 'resources', 's3', 'template'],
    system: ['aws', 'console', 'engines', 'gateway', 'http', 'lambda', 'provision', 'resources', 'template'],
    demo: ['aws', 'provision', 'system'],
    main: ['demo', 'start-options', 'system'],
  },
};

/** Rooms of core/ without AWS packages, which import only each other. */
export const PURE = [
  'errors',
  'hash',
  'digest',
  'local-credentials',
  'time',
  'policy',
  'rows',
  'totals',
  'effects',
  'report',
  'recorder',
  'ledger/lane',
  'routing/health',
  'routing/choice',
];

/** Pure rooms that the browser shares: without Node's own modules too. */
export const BROWSER = ['errors', 'time', 'policy', 'rows'];

/** Rooms of core/ that may import the types that are generated from the schema. */
export const READS_SCHEMA = ['answers', 'export', 'live'];

/** A way through a table of rooms that ends where it began, or undefined. */
export function circleIn(rooms: Rooms): string[] | undefined {
  const clear = new Set<string>();
  const visit = (room: string, way: string[]): string[] | undefined => {
    if (way.includes(room)) return [...way.slice(way.indexOf(room)), room];
    if (clear.has(room)) return undefined;
    for (const next of rooms[room] ?? []) {
      const circle = visit(next, [...way, room]);
      if (circle) return circle;
    }
    clear.add(room);
    return undefined;
  };
  for (const room of Object.keys(rooms)) {
    const circle = visit(room, []);
    if (circle) return circle;
  }
  return undefined;
}
