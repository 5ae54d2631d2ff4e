import { describe, expect, it } from 'vitest';
import { DEMO_POLICIES } from '../../../local/demo/demo-policies.ts';
import { DEMO_SITES } from '../../../local/demo/demo-sites.ts';
import type { GraphqlClient } from '../../../local/demo/graphql-client.ts';
import { DemoSeed } from '../../../local/demo/seed-demo.ts';

interface Site {
  id: string;
  name: string;
  endpoints: { id: string }[];
}

interface Path {
  source_site_id: string;
  source_endpoint_id: string;
  destination_site_id: string;
}

/** The part of the API that the demo uses; `calls` lists the changes. */
class FakeApi {
  readonly sites: Site[] = [];
  readonly paths: Path[] = [];
  readonly edges: { id: string; site_id: string; registered: boolean }[] = [];
  readonly policies = [{ id: 'default', name: 'Default', built_in: true }];
  /** Preference by policy id. */
  readonly routing = new Map<string, string>();
  calls = 0;

  /** `dies_at`: the call at which the caller is killed, before or after it has had its effect. */
  client({ dies_at = Number.POSITIVE_INFINITY, after = false } = {}): GraphqlClient {
    let calls = 0;
    return async <Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> => {
      calls += 1;
      if (calls > dies_at || (calls === dies_at && !after)) throw new Error('killed');
      const answer = this.#answer(query, variables as Record<string, string>);
      if (calls === dies_at) throw new Error('killed');
      return answer as Data;
    };
  }

  /** The existing objects, by names in place of ids. */
  shown() {
    const names = new Map(this.sites.map(({ id, name }) => [id, name]));
    const name = (id: string) => names.get(id) ?? id;
    const policies = new Map(this.policies.map(policy => [policy.id, policy.name]));
    return {
      sites: this.sites.map(site => `${site.name}: ${site.endpoints.map(({ id }) => id).sort()}`).sort(),
      paths: this.paths
        .map(
          path => `${name(path.source_site_id)} ${path.source_endpoint_id} ${name(path.destination_site_id)}`,
        )
        .sort(),
      edges: this.edges.map(edge => `${edge.id} ${name(edge.site_id)}`).sort(),
      policies: [...policies.values()].sort(),
      routing: Array.from(this.routing, ([id, preference]) => `${policies.get(id)} ${preference}`).sort(),
    };
  }

  #answer(query: string, given: Record<string, string>): unknown {
    if (!query.startsWith('mutation')) return this.#read(query, given);
    this.calls += 1;
    const id = `id-${this.calls}`;
    const site = this.sites.find(one => one.id === given.site_id);
    if (query.includes('createSite')) {
      this.sites.push({ id, name: given.name!, endpoints: [] });
      return { createSite: { id } };
    }
    if (query.includes('addEndpoint')) site!.endpoints.push({ id: given.endpoint_id! });
    else if (query.includes('createPath')) {
      const { source_site_id, destination_site_id, endpoint_id } = given as Record<string, string>;
      this.paths.push({
        source_site_id: source_site_id!,
        source_endpoint_id: endpoint_id!,
        destination_site_id: destination_site_id!,
      });
    } else if (query.includes('registerEdge')) {
      this.edges.push({ id: given.id!, site_id: given.site_id!, registered: true });
    } else if (query.includes('createPolicy')) {
      this.policies.push({ id, name: given.name!, built_in: false });
      return { createPolicy: { id } };
    } else if (query.includes('setPolicyRouting')) {
      this.routing.set(given.policy_id!, given.preference!);
    }
    return {};
  }

  #read(query: string, { site_id }: Record<string, string>): unknown {
    if (query.includes('paths(')) {
      return { paths: { items: this.paths.filter(path => path.source_site_id === site_id) } };
    }
    if (query.includes('policies(')) return { policies: { items: this.policies } };
    if (query.includes('edges(')) return { edges: { items: this.edges } };
    return { sites: { items: structuredClone(this.sites) } };
  }
}

async function seed(api: FakeApi, kill?: { dies_at: number; after: boolean }): Promise<string[]> {
  const seeding = await DemoSeed.read(api.client(kill));
  await seeding.policies();
  const made: string[] = [];
  for (const site of DEMO_SITES) made.push((await seeding.site(site)).site_id);
  return made;
}

describe('seeding the demo', () => {
  it('creates its sites, each connected to both hubs by both lines, its policies and its edges', async () => {
    const api = new FakeApi();
    const made = await seed(api);
    expect(made).toEqual(api.sites.map(({ id }) => id));
    const shown = api.shown();
    expect(shown.sites).toHaveLength(12);
    expect(shown.edges).toHaveLength(12);
    expect(shown.paths).toHaveLength(2 + 10 * 4);
    expect(shown.policies).toEqual([...DEMO_POLICIES.map(({ name }) => name), 'Default'].sort());
    expect(shown.paths.filter(path => path.startsWith('Lisbon branch'))).toEqual([
      'Lisbon branch wan1 Berlin headquarters',
      'Lisbon branch wan1 Frankfurt data centre',
      'Lisbon branch wan2 Berlin headquarters',
      'Lisbon branch wan2 Frankfurt data centre',
    ]);
  });

  it('changes nothing if everything exists', async () => {
    const api = new FakeApi();
    await seed(api);
    const { calls } = api;
    expect(await seed(api)).toEqual(api.sites.map(({ id }) => id));
    expect(api.calls).toBe(calls);
  });

  it.each([false, true])(
    'creates nothing twice if it is killed at any call and starts again (after its effect: %s)',
    async after => {
      const whole = new FakeApi();
      await seed(whole);
      // Three readings come first.
      for (let dies_at = 1; dies_at <= whole.calls + 3; dies_at++) {
        const api = new FakeApi();
        await expect(seed(api, { dies_at, after })).rejects.toThrow('killed');
        await seed(api);
        expect(api.shown(), `killed at call ${dies_at}`).toEqual(whole.shown());
      }
    },
  );

  it('does not undo the changes of a person', async () => {
    const api = new FakeApi();
    await seed(api);
    api.policies.splice(1, 3);
    api.sites.splice(4, 1);
    const shown = api.shown();
    await seed(api);
    expect(api.shown()).toEqual(shown);
  });

  it('does not add policies to those of a person', async () => {
    const api = new FakeApi();
    api.policies.push({ id: '7', name: 'Kept', built_in: false });
    await seed(api);
    expect(api.shown().policies).toEqual(['Default', 'Kept']);
  });
});
