import { describe, expect, it } from 'vitest';
import { parseNetworkFile } from '../../../scripts/network/network-file.ts';
import { DEFAULT_ROUTING, type SystemNetwork } from '../../../scripts/network/network-model.ts';
import { planNetwork } from '../../../scripts/network/plan-network.ts';

const ID = (digit: number) => `${digit}50e8400-e29b-41d4-a716-446655440000`;
const [BERLIN, MUNICH, GONE] = [ID(1), ID(2), ID(3)];

const endpoint = (id: string, address = `${id}.example`) => ({
  ...{ id, address, interface_type: 'DSL', cost_per_gb: 0, reachable: null },
});
const policy = (id: string, name: string) => ({
  ...{ id, name, priority: 1, enabled: true, match: {}, routing: DEFAULT_ROUTING },
});
const SYSTEM: SystemNetwork = {
  policies: [policy('1', 'web'), policy('2', 'calls')],
  default_routing: DEFAULT_ROUTING,
  sites: [
    {
      ...{ id: BERLIN, name: 'Berlin', location: 'here', public_key: null },
      endpoints: [endpoint('wan1'), endpoint('wan2')],
    },
    { id: MUNICH, name: 'Munich', location: null, public_key: null, endpoints: [endpoint('wan1')] },
  ],
  paths: [
    {
      id: 'path-1',
      from: { site_id: BERLIN, endpoint_id: 'wan1' },
      to: { site_id: MUNICH, endpoint_id: 'wan1' },
      wg_interface: null,
    },
    {
      id: 'path-2',
      from: { site_id: BERLIN, endpoint_id: 'wan2' },
      to: { site_id: MUNICH, endpoint_id: 'wan1' },
      wg_interface: null,
    },
  ],
  edges: [
    { id: 'edge-1', site_id: BERLIN, interval_s: 60 },
    { id: 'edge-2', site_id: GONE, interval_s: 60 },
  ],
};

const file = (text: string) => parseNetworkFile(`version: 1\n${text}`, 'net.yaml');
const plan = (text: string, system = SYSTEM) => planNetwork(file(text).network, system);
/** Each step: what it is, and its calls with their arguments. */
const steps = (text: string, system = SYSTEM) => {
  const { steps, ids, problems } = plan(text, system);
  expect(problems).toEqual([]);
  return steps.map(({ kind, title, calls }) => [
    `${kind} ${title}`,
    ...calls.map(call => {
      if (call.makes) ids.set(call.makes, 'made');
      return [call.name, call.arguments(ids)];
    }),
  ]);
};
const problems = (text: string, system = SYSTEM) => {
  const parsed = file(text);
  return parsed.errorOf(planNetwork(parsed.network, system).problems).message.split('\n');
};

const SITES = `sites:
  - name: Berlin
    location: here
    endpoints:
      - { id: wan1, address: wan1.example, interface_type: DSL }
      - { id: wan2, address: wan2.example, interface_type: DSL }
  - name: Munich
    endpoints:
      - { id: wan1, address: wan1.example, interface_type: DSL }
`;

describe('a plan', () => {
  it('has no step for an empty file', () => {
    expect(steps('')).toEqual([]);
  });

  it('recognizes a site by its id, also under another name, and removes whatever the file omits from it', () => {
    expect(steps(`sites:\n  - { id: ${BERLIN}, name: Berlin HQ }\n  - { name: Munich }\n`)).toEqual([
      ['change site "Berlin"', ['updateSite', { site_id: BERLIN, name: 'Berlin HQ', location: null }]],
    ]);
  });

  it('recognizes a policy of another system by its name', () => {
    expect(
      steps(
        `policies:\n  - { id: p-x, name: web, priority: 1 }\n  - { id: p-y, name: calls, priority: 1 }\n`,
      ),
    ).toEqual([]);
  });

  it('changes nothing in sections and endpoints that the file omits', () => {
    expect(steps('sites:\n  - { name: Berlin, location: here }\n  - { name: Munich }\n')).toEqual([]);
  });

  it('recognizes a path from either end', () => {
    expect(
      steps(
        'paths:\n  - { from: Munich/wan1, to: Berlin/wan1 }\n  - { from: Berlin/wan2, to: Munich/wan1 }\n',
      ),
    ).toEqual([]);
  });

  it('deletes a site at the end, and does not delete its contents first', () => {
    const left = steps(
      `${SITES.slice(0, SITES.indexOf('  - name: Munich'))}paths: []\nedges: []\npolicies: [{ name: web, priority: 1 }]\n`,
    );
    expect(left).toEqual([
      ['delete edge "edge-1"', ['retireEdge', { id: 'edge-1' }]],
      ['delete edge "edge-2"', ['retireEdge', { id: 'edge-2' }]],
      ['delete policy "calls"', ['deletePolicy', { id: '2' }]],
      ['delete site "Munich"', ['deleteSite', { site_id: MUNICH }]],
    ]);
  });

  it('removes an endpoint, and does not remove its paths first', () => {
    const text = SITES.replace(/ {6}- \{ id: wan2.*\n/, '');
    expect(steps(`${text}paths:\n  - { from: Berlin/wan1, to: Munich/wan1 }\n`)).toEqual([
      ['delete endpoint "Berlin/wan2"', ['removeEndpoint', { site_id: BERLIN, endpoint_id: 'wan2' }]],
    ]);
  });

  it('removes an endpoint first if another one gets its address', () => {
    const text = SITES.replace('id: wan2', 'id: wan3');
    expect(steps(text)).toEqual([
      ['delete endpoint "Berlin/wan2"', ['removeEndpoint', { site_id: BERLIN, endpoint_id: 'wan2' }]],
      [
        'create endpoint "Berlin/wan3"',
        [
          'addEndpoint',
          {
            ...{ site_id: BERLIN, endpoint_id: 'wan3', address: 'wan2.example', interface_type: 'DSL' },
            ...{ cost_per_gb: 0, reachable: undefined },
          },
        ],
      ],
    ]);
  });

  it('creates the paths of a replaced endpoint again, those in the file and no others', () => {
    const text = SITES.replace(/(name: Munich[\s\S]*)DSL/, '$1LTE');
    const replaced = steps(`${text}paths:\n  - { from: Berlin/wan2, to: Munich/wan1 }\n`);
    expect(replaced.map(([title]) => title)).toEqual([
      'replace endpoint "Munich/wan1"',
      'create path "Berlin/wan2 → Munich/wan1"',
    ]);
    expect(steps(text).map(([title]) => title)).toEqual([
      'replace endpoint "Munich/wan1"',
      'create path "Berlin/wan1 → Munich/wan1"',
      'create path "Berlin/wan2 → Munich/wan1"',
    ]);
  });

  it('registers edges at new sites, and at a deleted one by its id', () => {
    const text = `sites:
  - { name: Berlin, location: here }
  - { name: Munich }
  - { name: Paris }
edges:
  - { id: edge-1, site: Paris, interval_s: 30 }
  - { id: edge-2, site: ${GONE} }
  - { id: edge-3, site: ${BERLIN} }
`;
    expect(problems(text)).toEqual([
      `net.yaml:9:19: This file has no site "${BERLIN}": name one of its sites by name or id.`,
    ]);
    expect(steps(text.replace(/.*edge-3.*\n/, ''))).toEqual([
      ['create site "Paris"', ['createSite', { name: 'Paris', location: null, public_key: null }]],
      ['change edge "edge-1"', ['registerEdge', { id: 'edge-1', site_id: 'made', interval_s: 30 }]],
    ]);
  });

  it('sets the routing of a new policy', () => {
    const text =
      'policies:\n  - { id: "1", name: web, priority: 1 }\n  - { name: calls, priority: 1 }\n  - { name: new, priority: 3, routing: { failover_below: 40 } }\n';
    expect(steps(text)).toEqual([
      ['create policy "new"', ['createPolicy', { name: 'new', priority: 3, enabled: true, match: {} }]],
      [
        'change routing of policy "new"',
        [
          'setPolicyRouting',
          {
            ...{ policy_id: 'made', preference: 'LOWEST_LATENCY', failover_below: 40, failback_above: 80 },
            failback_hold_seconds: 60,
          },
        ],
      ],
    ]);
  });

  it('reports an ambiguous or unknown name with its line and column', () => {
    const twice: SystemNetwork = {
      ...SYSTEM,
      sites: [...SYSTEM.sites, { ...SYSTEM.sites[0]!, id: GONE, endpoints: [] }],
    };
    expect(problems('sites: [{ name: Berlin }]\n', twice)).toEqual([
      'net.yaml:2:11: 2 sites of the system are named "Berlin": give the id of the right one.',
    ]);
    expect(problems('edges: [{ id: edge-9, site: Berlin }]\n', twice)).toEqual([
      'net.yaml:2:23: The system has no site "Berlin", or several of that name: name one by its id.',
    ]);
    expect(
      problems(
        `sites:\n  - { id: ${BERLIN}, name: A }\n  - { id: ${MUNICH}, name: A }\nedges: [{ id: e1, site: A }]\n`,
      ),
    ).toEqual(['net.yaml:5:19: 2 sites are named "A": name the right one by its id.']);
    expect(problems('paths: [{ from: Berlin/wan9, to: Rome/wan1 }]\n')).toEqual([
      'net.yaml:2:11: The site "Berlin" has no endpoint "wan9".',
      'net.yaml:2:30: The system has no site "Rome", or several of that name: name one by its id.',
    ]);
  });

  it('assigns several sites of one name in order if the system knows none of their ids', () => {
    const text = `sites:\n  - { id: ${ID(8)}, name: A, location: one }\n  - { id: ${ID(9)}, name: A, location: two }\n`;
    const first = { id: GONE, name: 'A', location: 'one', public_key: null, endpoints: [] };
    const second = { ...first, id: MUNICH, location: 'two' };
    expect(steps(text, { ...SYSTEM, sites: [first, second], paths: [] })).toEqual([]);
    expect(steps(text, { ...SYSTEM, sites: [first], paths: [] })).toEqual([
      ['create site "A"', ['createSite', { name: 'A', location: 'two', public_key: null }]],
    ]);
  });
});
