import { DEFAULT_EDGE_ROLES } from '../../core/access/edge-identity.ts';
import { DEFAULT_RETENTION } from '../../core/history/resolution.ts';
import { type Answer, answer, type Surroundings } from '../../functions/api/answer.ts';
import type { ApiEvent, ApiIdentity } from '../../functions/api/api-event.ts';
import { overviewParts } from '../../functions/api/resolvers/overview.ts';
import { resolvers } from '../../functions/api/resolvers.ts';
import { makeProductCaches } from '../../functions/product-caches.ts';
import { memoryDirectory } from './memory-directory.ts';
import { noExports } from './no-exports.ts';
import { noFlows } from './no-flows.ts';
import { asFunction } from './rights/as-function.ts';
import type { TestTables } from './tables.ts';

/** AppSync's identity of a person in one group, or in none. */
export function personIn(group: 'admin' | 'operator' | 'viewer' | 'none'): ApiIdentity {
  return {
    sub: `sub-of-${group}`,
    username: group,
    groups: group === 'none' ? null : [group],
    claims: { email: `${group}@example.com` },
    sourceIp: ['192.0.2.1'],
  };
}

/** AppSync's identity of a machine. */
export const machine: ApiIdentity = {
  userArn: 'arn:aws:iam::123456789012:role/edge',
  username: 'AROA:edge',
  sourceIp: ['192.0.2.2'],
};

export interface ApiUnderTest {
  /** The answer of the function to an event of AppSync. */
  answer(event: ApiEvent): Promise<Answer>;
  /**
   * The answer of the function to one operation, by default for an administrator who selects
   * everything. A refusal comes without the list of wrong arguments, which repeats the message.
   */
  call(
    operation: string,
    args?: unknown,
    by?: { identity?: ApiIdentity | null; selection?: string[] },
  ): Promise<Answer>;
  /** The data, or a failure that shows the error. */
  data(
    operation: string,
    args?: unknown,
    by?: { identity?: ApiIdentity | null; selection?: string[] },
    // biome-ignore lint/suspicious/noExplicitAny: a test looks into the answer as a client does
  ): Promise<any>;
  /** Reported errors that clients don't see. */
  reported: { message: string; operation: string; error: Error }[];
  /** Published changes of sides, and the policies that they left without a path. */
  failovers: string[];
  /** The number of answers of type `Internal`, as the metric counts them. */
  internal_errors: number;
  /** The clock, milliseconds; only a test moves it. */
  now: number;
}

/** The API function on the tables of a test, without Lambda around it. */
export function makeApi(
  { client, tables }: Pick<TestTables, 'client' | 'tables'>,
  changes: Partial<Surroundings> = {},
): ApiUnderTest {
  const api: ApiUnderTest = {
    now: Date.parse('2026-03-15T12:00:00Z'),
    reported: [],
    failovers: [],
    internal_errors: 0,
    answer: event => asFunction('api', () => answer(event, surroundings())),
    async call(operation, args = {}, { identity = personIn('admin'), selection = ['*', 'items/*'] } = {}) {
      const [type, field] = operation.split('.') as [string, string];
      return withoutFields(await api.answer({ type, field, arguments: args, identity, selection }));
    },
    async data(operation, args, by) {
      const answered = await api.call(operation, args, by);
      if ('error' in answered) {
        const cause = api.reported.at(-1)?.error;
        throw new Error(`${answered.error.type}: ${answered.error.message}`, { cause });
      }
      // As the client receives it: through JSON.
      return JSON.parse(JSON.stringify(answered.data ?? null));
    },
  };
  // Real requests with a stopped clock: no time limit expires.
  const caches = makeProductCaches({
    client,
    table: tables.cache,
    clock: () => api.now,
    schedule: () => () => {},
  });
  const surroundings = (): Surroundings => ({
    resolvers,
    overview_parts: overviewParts,

    exports: noExports,
    retention: DEFAULT_RETENTION,
    flow_log_ttl_hours: 24,
    flow_objects: noFlows,
    caches,
    context: {
      client,
      tables,
      clock: () => api.now,
      sleep: async ms => {
        api.now += Math.ceil(ms);
      },
      random: Math.random,
      deadline: api.now + 20_000,
    },
    identify: async caller => caller,
    isDisabled: async () => false,
    directory: memoryDirectory(),
    currency: 'USD',
    onFailover: ({ receipt }, operation) => {
      api.failovers.push(`${operation} without path: ${receipt.without_path.join(', ') || 'none'}`);
    },
    onInternalError: () => {
      api.internal_errors += 1;
    },
    // Clocks of tests stand still: a minute never ends.
    query_budget: { units: Number.POSITIVE_INFINITY },
    edge_roles: DEFAULT_EDGE_ROLES,
    report: (message, details) => api.reported.push({ message, ...details }),
    ...changes,
  });
  return api;
}

function withoutFields(answered: Answer): Answer {
  if (!('error' in answered) || !answered.error.info || !('fields' in answered.error.info)) return answered;
  const { info: _, ...error } = answered.error;
  return { error };
}
