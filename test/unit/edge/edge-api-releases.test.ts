import { describe, expect, it } from 'vitest';
import { edgeApi } from '../../../edge/commands/edge-api.ts';

const SITE = '550e8400-e29b-41d4-a716-446655440000';

/** The API of an edge whose system answers in turn; what it was asked. */
function answered(...answers: object[]) {
  const asked: string[] = [];
  const api = edgeApi({
    url: 'http://127.0.0.1:4000/graphql',
    edge_id: 'edge-1',
    sign: async () => ({}) as never,
    fetch: async (_url, request) => {
      asked.push(JSON.parse(String(request!.body)).query);
      return Response.json(answers[asked.length - 1]);
    },
  });
  return { api, asked };
}

const page = (more: object) => ({ data: { edgeRoutes: { items: [], next_token: null, ...more } } });

describe('the routes of an edge', () => {
  it('come with the versions of their first page', async () => {
    const first = { site_id: SITE, paths_version: 3, routing_version: 7 };
    const { api } = answered(page({ ...first, next_token: 'more' }), page({ ...first, paths_version: 4 }));
    expect(await api.edgeRoutes()).toEqual({ state: first, peers: [] });
  });

  it('have none where the edge is not in service', async () => {
    const { api } = answered(page({ site_id: null, paths_version: null, routing_version: null }));
    expect(await api.edgeRoutes()).toEqual({ state: undefined, peers: [] });
  });

  it('are read without versions from a system of an earlier release', async () => {
    const message = "Field 'paths_version' in type 'EdgeRouteConnection' is undefined";
    const { api, asked } = answered({ data: null, errors: [{ message }] }, page({}));
    expect(await api.edgeRoutes()).toEqual({ state: undefined, peers: [] });
    expect(asked.map(query => query.includes('paths_version'))).toEqual([true, false]);
  });

  it('are not asked for again after another refusal', async () => {
    const { api } = answered({ data: null, errors: [{ message: 'Only edge edge-1 itself may do this.' }] });
    await expect(api.edgeRoutes()).rejects.toThrow(
      'The system at http://127.0.0.1:4000/graphql refused: Only edge edge-1 itself may do this.',
    );
  });
});
