import { describe, expect, it } from 'vitest';
import { edgeApi } from '../../../edge/commands/edge-api.ts';
import { readSystemPolicies } from '../../../edge/policies/system-policies.ts';

const SITE = '550e8400-e29b-41d4-a716-446655440000';

/** The API of an edge whose system answers in turn, and its requests. */
function answered(...answers: object[]) {
  const asked: string[] = [];
  const variables: object[] = [];
  const api = edgeApi({
    url: 'http://127.0.0.1:4000/graphql',
    edge_id: 'edge-1',
    sign: async () => ({}) as never,
    fetch: async (_url, request) => {
      const body = JSON.parse(String(request!.body));
      asked.push(body.query);
      variables.push(body.variables);
      return Response.json(answers[asked.length - 1]);
    },
  });
  return { api, asked, variables };
}

const page = (more: object) => ({ data: { edgeRoutes: { items: [], next_token: null, ...more } } });

describe('the routes of an edge', () => {
  it('have the versions of their first page', async () => {
    const first = { site_id: SITE, paths_version: 3, routing_version: 7 };
    const { api } = answered(page({ ...first, next_token: 'more' }), page({ ...first, paths_version: 4 }));
    expect(await api.edgeRoutes()).toEqual({ state: first, peers: [] });
  });

  it('are requested with their least versions, and later pages with those of the first', async () => {
    const first = { site_id: SITE, paths_version: 3, routing_version: 9 };
    const { api, variables } = answered(page({ ...first, next_token: 'more' }), page(first));
    await api.edgeRoutes({ policies_version: '4', routing_version: 7 });
    expect(variables).toEqual([
      { edge_id: 'edge-1', next_token: null, policies_version: '4', routing_version: 7 },
      { edge_id: 'edge-1', next_token: 'more', policies_version: '4', routing_version: 9 },
    ]);
  });

  it('are requested without versions from a system that does not accept any', async () => {
    const state = { site_id: SITE, paths_version: 3, routing_version: 7 };
    const message = "Unknown field argument 'policies_version'";
    const { api, variables } = answered({ data: null, errors: [{ message }] }, page(state));
    expect(await api.edgeRoutes({ policies_version: '4', routing_version: 7 })).toEqual({ state, peers: [] });
    expect(variables[1]).toEqual({ edge_id: 'edge-1', next_token: null });
  });

  it('are empty if the edge is not in service', async () => {
    const { api } = answered(page({ site_id: null, paths_version: null, routing_version: null }));
    expect(await api.edgeRoutes()).toEqual({ state: undefined, peers: [] });
  });

  it('are read without versions from a system of an earlier release', async () => {
    const message = "Field 'paths_version' in type 'EdgeRouteConnection' is undefined";
    const { api, asked } = answered({ data: null, errors: [{ message }] }, page({}));
    expect(await api.edgeRoutes()).toEqual({ state: undefined, peers: [] });
    expect(asked.map(query => query.includes('paths_version'))).toEqual([true, false]);
  });

  it('are not requested again after another refusal', async () => {
    const { api } = answered({ data: null, errors: [{ message: 'Only edge edge-1 itself may do this.' }] });
    await expect(api.edgeRoutes()).rejects.toThrow(
      'The system at http://127.0.0.1:4000/graphql refused: Only edge edge-1 itself may do this.',
    );
  });
});

describe('the policies of an edge', () => {
  const policies = (more: object) => ({ data: { policies: { items: [], next_token: null, ...more } } });
  const COUNTERS = /matched|estimated_share|active_flows|rate|counted_since/;

  it('are requested without counters and with their least version', async () => {
    const { api, asked, variables } = answered(policies({ policies_version: '8' }));
    expect(await readSystemPolicies(api, '7')).toEqual({ version: '8', policies: [] });
    expect(asked[0]).toContain('defined_only: true, policies_version: $policies_version');
    expect(asked[0]).not.toMatch(COUNTERS);
    expect(variables).toEqual([{ next_token: null, policies_version: '7' }]);
  });

  it('have the version of the first page, which later pages at least have', async () => {
    const { api, variables } = answered(
      policies({ policies_version: '8', next_token: 'more' }),
      policies({ policies_version: '9' }),
    );
    expect(await readSystemPolicies(api)).toEqual({ version: '8', policies: [] });
    expect(variables).toEqual([
      { next_token: null, policies_version: null },
      { next_token: 'more', policies_version: '8' },
    ]);
  });

  it('are read from a system of an earlier release', async () => {
    const message = "Unknown field argument 'policies_version'";
    const { api, variables } = answered(
      { data: null, errors: [{ message }] },
      policies({ policies_version: '8' }),
    );
    expect(await readSystemPolicies(api, '7')).toEqual({ version: '8', policies: [] });
    expect(variables[1]).toEqual({ next_token: null });
  });
});
