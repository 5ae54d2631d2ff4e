import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../core/access/caller.ts';
import { DEFAULT_EDGE_ROLES, requireEdge } from '../../../core/access/edge-identity.ts';
import { edgeCommandsCode } from '../../../lib/machine-access.ts';
import { compileResolver } from '../../../local/gateway/resolvers/compile-resolver.ts';
import { projectFile } from '../../support/project-files.ts';

const code = readFileSync(projectFile('graphql/edge-commands.js'), 'utf8');

const machine = (sub: string): Caller => ({
  kind: 'MACHINE',
  sub,
  username: null,
  email: null,
  groups: [],
  source_ip: null,
  request_id: null,
});

/** The refusal of the function for a machine that calls itself edge-7: null if it is accepted. */
function refusal(arn: string, roles: readonly string[]): string | null {
  try {
    requireEdge(machine(arn), 'edge-7', roles);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Whether the subscription's resolver lets it listen. */
function mayListen(userArn: string, roles: readonly string[]): boolean {
  const refused = new Error();
  const util = {
    error() {
      throw refused;
    },
  };
  const resolver = compileResolver(edgeCommandsCode(code, roles), 'edgeCommands', () => ({ util }));
  try {
    resolver.request({ identity: { userArn }, args: { edge_id: 'edge-7' } } as never);
    return true;
  } catch (error) {
    if (error === refused) return false;
    throw error;
  }
}

const session = (role: string, name = 'edge-7') => `arn:aws:sts::123456789012:assumed-role/${role}/${name}`;

describe('an edge', () => {
  it.each<[string, readonly string[], boolean]>([
    [session('patronus-edge'), DEFAULT_EDGE_ROLES, true],
    [session('Edges-of-Berlin'), DEFAULT_EDGE_ROLES, true],
    ['arn:aws-cn:sts::123456789012:assumed-role/edge/edge-7', DEFAULT_EDGE_ROLES, true],
    ['arn:aws:iam::123456789012:user/edge-7', DEFAULT_EDGE_ROLES, true],
    ['arn:aws:iam::123456789012:user/routers/edge-7', ['none'], true],
    [session('grafana'), DEFAULT_EDGE_ROLES, false],
    [session('grafana', 'edge/edge-7'), DEFAULT_EDGE_ROLES, false],
    [session('patronus-edge', 'edge-8'), DEFAULT_EDGE_ROLES, false],
    ['arn:aws:iam::123456789012:role/edge-7', DEFAULT_EDGE_ROLES, false],
    ['edge-7', DEFAULT_EDGE_ROLES, false],
    [session('router'), ['router', 'branch-*'], true],
    [session('branch-7'), ['router', 'branch-*'], true],
    [session('a-branch-7'), ['router', 'branch-*'], false],
    [session('router-2'), ['router'], false],
    [session('old-router'), ['*-router'], true],
    [session('old-router-2'), ['*-router'], false],
  ])('that signs as %s is accepted as itself with the roles %j: %s', (arn, roles, is) => {
    expect(refusal(arn, roles) === null).toBe(is);
    expect(mayListen(arn, roles)).toBe(is);
  });

  it('learns the allowed roles from a refusal', () => {
    expect(refusal(session('grafana'), ['*edge*', 'router'])).toBe(
      "Role grafana is not one of the edges' roles (*edge*, router). Sign with an edge's role, or add this one to the setting edge_roles.",
    );
  });

  it('is refused for its name before its role', () => {
    expect(refusal(session('grafana', 'grafana'), DEFAULT_EDGE_ROLES)).toBe(
      "Edge edge-7 alone may do this. Sign with the edge's own role, with the edge's id as session name.",
    );
  });

  it('is not served by a resolver without a line for the roles', () => {
    expect(() => edgeCommandsCode('export function request() {}', ['edge'])).toThrow(
      'The resolver of edgeCommands has no line `const EDGE_ROLES = …;`.',
    );
  });
});
