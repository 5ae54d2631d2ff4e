import { describe, expect, it } from 'vitest';
import { NetworkFileError, parseNetworkFile } from '../../../scripts/network/network-file.ts';

/** The message for a file, and its places. */
function errorIn(text: string): NetworkFileError {
  try {
    parseNetworkFile(text, 'net.yaml');
  } catch (cause) {
    expect(cause).toBeInstanceOf(NetworkFileError);
    return cause as NetworkFileError;
  }
  throw new Error('The file was taken.');
}

const KNOWN_POLICY = 'id, name, priority, enabled, match, routing';

describe('a file of the network', () => {
  it.each([
    [
      'is empty',
      '',
      'net.yaml:1:1: the file must have the keys version, policies, default_routing, sites, paths, edges.',
    ],
    [
      'is a list',
      '- 1\n',
      'net.yaml:1:1: the file must have the keys version, policies, default_routing, sites, paths, edges.',
    ],
    [
      'is of another version',
      'version: 2\n',
      'net.yaml:1:1: version must be 1: this is the only known version of the file.',
    ],
    [
      'has no version',
      'policies: []\n',
      'net.yaml:1:1: version must be 1: this is the only known version of the file.',
    ],
    [
      'has an unknown key',
      'version: 1\nsite: []\n',
      'net.yaml:2:1: "site" is unknown; known keys are version, policies, default_routing, sites, paths, edges.',
    ],
    [
      'has a section that is not a list',
      'version: 1\nsites: Berlin\n',
      'net.yaml:2:1: sites must be a list.',
    ],
    [
      'has a typo in a policy, which would match everything',
      'version: 1\npolicies:\n  - name: web\n    priority: 1\n    mach: {}\n',
      `net.yaml:5:5: "mach" is unknown; known keys are ${KNOWN_POLICY}.`,
    ],
    [
      'has a typo in a match',
      'version: 1\npolicies:\n  - name: web\n    priority: 1\n    match:\n      protocl: 6\n',
      'net.yaml:6:7: "protocl" is unknown; known keys are source_cidr, destination_cidr, source_port, destination_port_from, destination_port_to, protocol, application.',
    ],
    [
      'has values that the API refuses',
      'version: 1\npolicies:\n  - name: web\n    priority: 1001\n    match: {destination_cidr: 10.0.0.0/33}\n',
      'net.yaml:4:5: priority must be a whole number from 0 to 1000.\nnet.yaml:5:13: destination_cidr must be an IPv4 or IPv6 network such as 10.0.0.0/8 or 2001:db8::/32.',
    ],
    [
      'lacks a required field',
      'version: 1\nsites:\n  - location: here\n    endpoints:\n      - id: wan1\n',
      [
        'net.yaml:3:5: name must be 1 to 100 characters on one line, without control characters.',
        'net.yaml:5:9: address must be an IPv4 address, an IPv6 address or a host name, with or without a port.',
        'net.yaml:5:9: interface_type must be one of ETHERNET, FIBER, CABLE, DSL, LTE, FIVE_G, SATELLITE, MPLS, MICROWAVE, OTHER.',
      ].join('\n'),
    ],
    [
      'has routing that contradicts itself',
      'version: 1\ndefault_routing:\n  preference: CUSTOM\n  failover_below: 90\n',
      [
        'net.yaml:3:3: weights are required for the preference CUSTOM, and not allowed for any other.',
        'net.yaml:3:3: failback_above must not be below failover_below.',
      ].join('\n'),
    ],
    [
      'has a number in place of a string',
      'version: 1\npolicies:\n  - id: 7\n    name: 5\n    priority: 1\n',
      'net.yaml:3:5: id must be text: put it in quotes.\nnet.yaml:4:5: name must be 1 to 100 characters on one line, without control characters.',
    ],
    [
      'has an end without an endpoint',
      'version: 1\npaths:\n  - {from: Berlin, to: /wan1}\n',
      'net.yaml:3:6: from must be a site and one of its endpoints, such as Berlin/wan1.\nnet.yaml:3:20: to must be a site and one of its endpoints, such as Berlin/wan1.',
    ],
    [
      'has a path from a site to itself',
      'version: 1\npaths:\n  - from: Berlin/wan1\n    to: Berlin/wan2\n',
      'net.yaml:4:5: A path leads from one site to another.',
    ],
    [
      'defines the built-in policy',
      'version: 1\npolicies:\n  - id: default\n    name: rest\n    priority: 0\n',
      'net.yaml:3:5: The policy default is built in: leave it out here, and set its routing in default_routing.',
    ],
    [
      'has things twice',
      `version: 1
policies:
  - { name: web, priority: 1 }
  - { name: web, priority: 2 }
sites:
  - name: Berlin
    endpoints:
      - { id: wan1, address: a.example, interface_type: DSL }
      - { id: wan1, address: b.example, interface_type: DSL }
  - { id: 550E8400-e29b-41d4-a716-446655440000, name: A }
  - { id: 550e8400-e29b-41d4-a716-446655440000, name: B }
paths:
  - { from: A/wan1, to: B/wan1 }
  - { from: A/wan1, to: B/wan1, wg_interface: wg1 }
edges:
  - { id: edge-1, site: A }
  - { id: edge-1, site: B }
`,
      [
        'net.yaml:4:7: 2 policies are named "web": give each of them its id, or another name.',
        'net.yaml:9:11: The endpoint "wan1" occurs twice.',
        'net.yaml:11:7: The site "550e8400-e29b-41d4-a716-446655440000" occurs twice.',
        'net.yaml:14:7: The path "A/wan1 → B/wan1" occurs twice.',
        'net.yaml:17:7: The edge "edge-1" occurs twice.',
      ].join('\n'),
    ],
    [
      'is not YAML',
      'version: 1\nsites: [\n',
      'net.yaml:3:1: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
    ['has a key twice', 'version: 1\nsites: []\nsites: []\n', 'net.yaml:3:1: Map keys must be unique.'],
  ])('that %s is rejected with line and column', (_, text, message) => {
    expect(errorIn(text).message).toBe(message);
  });

  it('has the places of its problems', () => {
    expect(
      errorIn('version: 1\nsites: 1\nedges: 2\n').positions.map(({ line, column }) => [line, column]),
    ).toEqual([
      [2, 1],
      [3, 1],
    ]);
  });

  it('lists a limited number of problems and counts the others', () => {
    const policies = Array.from({ length: 30 }, (_, index) => `  - { name: p${index}, priority: -1 }\n`);
    const lines = errorIn(`version: 1\npolicies:\n${policies.join('')}`).message.split('\n');
    expect(lines).toHaveLength(21);
    expect(lines[0]).toBe('net.yaml:3:17: priority must be a whole number from 0 to 1000.');
    expect(lines.at(-1)).toBe('… and 10 more.');
  });

  it('does not grow by nested aliases', () => {
    const bomb = ['version: 1', 'a: &a [x,x,x,x,x,x,x,x,x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe'].map(pair => [...pair])) {
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${of}`).join()}]`);
    }
    expect(errorIn(bomb.join('\n')).message).toBe(
      'net.yaml:1:1: Excessive alias count indicates a resource exhaustion attack.',
    );
  });

  it('may begin with the output of npm before an export', () => {
    const banner = '\n> patronus@0.1.0 network\n> node scripts/network.ts export\n\n';
    const { network, document } = parseNetworkFile(`${banner}version: 1\nsites: []\n`, 'net.yaml');
    expect(network).toEqual({ version: 1, sites: [] });
    expect(document.toString()).toContain('# patronus@0.1.0 network\n');
    expect(errorIn(`${banner}version: 2\n`).message).toMatch(/^net\.yaml:5:1: version must be 1/);
  });

  it('may use aliases, and contain a policy that matches everything', () => {
    const { network } = parseNetworkFile(
      'version: 1\npolicies:\n  - {name: a, priority: 1, match: &m {protocol: 6}}\n  - {name: b, priority: 2, match: *m}\n  - {name: c, priority: 3}\n',
      'net.yaml',
    );
    expect(network.policies!.map(({ match }) => match)).toEqual([{ protocol: 6 }, { protocol: 6 }, {}]);
  });
});
