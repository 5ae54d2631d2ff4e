import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATION_ARGUMENTS } from '../../../../graphql/arguments.generated.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { projectFile } from '../../../support/project-files.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

let t: TestTables;
let api: ApiUnderTest;
let a: string;
let b: string;

beforeAll(async () => {
  t = await createTables();
  api = makeApi(t, {
    exports: {
      dispatcher: { dispatch: async () => {} },
      signer: { sign: async () => 'https://example.com' } as never,
      retention_days: 7,
    },
  });
  a = (await api.data('Mutation.createSite', { name: 'A' })).id;
  b = (await api.data('Mutation.createSite', { name: 'B' })).id;
  for (const site_id of [a, b]) {
    await api.data('Mutation.addEndpoint', { site_id, address: '192.0.2.1', interface_type: 'FIBER' });
  }
});
afterAll(() => t.drop());

/** The request that creates each object, and the same with one argument changed. */
const MAKERS: Record<string, { args: () => object; other: object }> = {
  'Mutation.createPolicy': { args: () => ({ name: 'P', priority: 7 }), other: { priority: 8 } },
  'Mutation.registerEdge': { args: () => ({ id: 'edge-7', site_id: a }), other: { interval_s: 30 } },
  'Mutation.createSite': { args: () => ({ name: 'C', location: 'Cologne' }), other: { name: 'D' } },
  'Mutation.addEndpoint': {
    args: () => ({ site_id: a, address: '192.0.2.7', interface_type: 'LTE' }),
    other: { cost_per_gb: 2 },
  },
  'Mutation.createPath': {
    args: () => ({
      source_site_id: a,
      source_endpoint_id: 'wan1',
      destination_site_id: b,
      destination_endpoint_id: 'wan1',
    }),
    other: { wg_interface: 'wg0' },
  },
  'Mutation.createIncident': {
    args: () => ({ name: 'I', from: '2026-03-15T00:00:00Z', to: '2026-03-15T01:00:00Z' }),
    other: { name: 'J' },
  },
  'Mutation.eraseFlows': { args: () => ({ address: '10.1.2.3' }), other: { address: '10.1.2.4' } },
  'Mutation.startExport': {
    args: () => ({
      input: { kind: 'AUDIT', from: '2026-03-15T00:00:00Z', to: '2026-03-16T00:00:00Z' },
    }),
    other: { input: { kind: 'AUDIT', from: '2026-03-15T00:00:00Z', to: '2026-03-15T06:00:00Z' } },
  },
};

const done = async () =>
  (await api.data('Query.auditLog', { limit: 100 })).items.filter(
    ({ outcome }: { outcome: string }) => outcome === 'DONE',
  ).length;

it('is accepted only by operations that create something', () => {
  const taking = Object.entries(OPERATION_ARGUMENTS).filter(([, args]) => 'client_token' in args);
  expect(taking.map(([operation]) => operation).sort()).toEqual(Object.keys(MAKERS).sort());
});

it('is described in the schema of every operation that accepts it', () => {
  const schema = readFileSync(projectFile('graphql/schema.graphql'), 'utf8');
  const described = schema.match(/"""\n {4}Idempotency token[^"]*"""\n {4}client_token: String\n/g) ?? [];
  expect(described).toHaveLength(Object.keys(MAKERS).length);
});

describe.each(Object.entries(MAKERS))('%s with a client_token', (operation, { args, other }) => {
  it('runs once and returns the same answer, also for eight concurrent calls and after an hour', async () => {
    const client_token = `${operation}-1`;
    const before = await done();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.data(operation, { ...args(), client_token })),
    );
    api.now += 3_600_000;
    answers.push(await api.data(operation, { ...args(), client_token }));
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1);
    expect((await done()) - before).toBe(1);

    const used = await api.call(operation, { ...args(), ...other, client_token });
    expect(used).toEqual({
      error: {
        type: 'Conflict',
        message: `client_token "${client_token}" was used for another request within a day: use a new one for each new request.`,
      },
    });
    expect((await done()) - before).toBe(1);
  });

  it.each(['', 'a b', 'ü', 'x'.repeat(65), 'a\n'])('rejects the token %j', async client_token => {
    expect(await api.call(operation, { ...args(), client_token })).toEqual({
      error: {
        type: 'ValidationError',
        message:
          'client_token must be 1 to 64 printable ASCII characters without blanks, such as a UUID: use a new one for each new request.',
      },
    });
  });
});

it('keeps the tokens of callers apart', async () => {
  const args = { name: 'Two', client_token: 'mine' };
  const one = await api.data('Mutation.createSite', args);
  const other = await api.data('Mutation.createSite', args, { identity: personIn('operator') });
  expect(other.id).not.toBe(one.id);
});
