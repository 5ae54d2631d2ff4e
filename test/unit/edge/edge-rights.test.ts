import { globSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import type { GraphqlClient } from '../../../core/appsync/graphql-client.ts';
import { edgeApi } from '../../../edge/commands/edge-api.ts';
import { COMMANDS, NEWS } from '../../../edge/commands/realtime.ts';
import { readCountedBoot } from '../../../edge/counting/counted-boot.ts';
import { readSystemPolicies } from '../../../edge/policies/system-policies.ts';
import { iamManagedPolicy } from '../../../local/resources/types/iam-policy.ts';
import { decide } from '../../../local/rights/decide.ts';
import { graphqlFields } from '../../../local/rights/needs-of-request.ts';
import { placeOfCalls } from '../../../local/rights/place.ts';
import type { Statement } from '../../../local/rights/statement.ts';
import { readCloudAssembly } from '../../../local/template/cloud-assembly.ts';
import { synthesize } from '../../../local/template/synthesize.ts';
import { projectFile, projectText } from '../../support/project-files.ts';
import { plan } from '../../support/rights/deployed-rights.ts';

const place = placeOfCalls('http://127.0.0.1/s3');
let policies: Map<string, Statement[]>;

beforeAll(async () => {
  const { made } = await plan(await readCloudAssembly(await synthesize({ bundles: false })));
  policies = new Map(
    made
      .all(iamManagedPolicy)
      .map(({ resource, value }) => [resource.logicalId.replace(/[0-9A-F]{8}$/, ''), value.statements]),
  );
});

/** The documents that an edge sends as its own role, each answered with an empty page. */
async function documentsOfEdge(): Promise<string[]> {
  const documents = [COMMANDS, NEWS];
  const page = { items: [], next_token: null, policies_version: '1' };
  const data = { pendingCommands: [], edgeRoutes: page, policies: page, edge: null };
  const api = edgeApi({
    url: 'http://127.0.0.1/graphql',
    edge_id: 'edge-1',
    sign: async () => ({}),
    fetch: async (_, request) => {
      documents.push(JSON.parse(String(request!.body)).query);
      return Response.json({ data });
    },
  });
  await api.pendingCommands(undefined);
  await api.edgeRoutes();
  await api.acknowledge('command');
  const probe = { method: 'UDP', sent: 1, received: 0, latency_ms: null, jitter_ms: null, measured_at: null };
  await api.reportProbe('command', { ...probe, error: null } as never);
  await readSystemPolicies(api);
  await readCountedBoot(api satisfies GraphqlClient, { edge_id: 'edge-1', boot_id: 'boot', signs: true });
  return documents;
}

it('gives an edge the rights for its requests and no others', async () => {
  const statements = policies.get('EdgeCommands')!;
  const needs = (await documentsOfEdge()).flatMap(document => graphqlFields(document, place));
  expect(needs.filter(need => !decide(statements, need).allowed)).toEqual([]);
  const granted = statements.flatMap(({ actions, resources }) =>
    actions.flatMap(action => resources.map(resource => ({ action, resource }))),
  );
  const byField = (a: { resource: string }, b: { resource: string }) => a.resource.localeCompare(b.resource);
  expect(granted.toSorted(byField)).toEqual(needs.toSorted(byField));
});

it('knows all files of the edge program with requests', () => {
  const withDocuments = globSync('edge/**/*.ts', { cwd: projectFile('') }).filter(file =>
    /\b(query|mutation|subscription) [A-Z]\w*[ (]/.test(projectText(file)),
  );
  expect(withDocuments.sort()).toEqual([
    ...['edge/commands/edge-api.ts', 'edge/commands/realtime.ts', 'edge/counting/counted-boot.ts'],
    // The site of an edge, by `edgeRoutes` where it signs with its role.
    'edge/counting/sending.ts',
    'edge/policies/system-policies.ts',
  ]);
});

it('gives an edge the right to put reports on the stream, its only call there', () => {
  const [statement, ...others] = policies.get('EdgeReports')!;
  expect(others).toEqual([]);
  const commands = globSync('edge/**/*.ts', { cwd: projectFile('') }).flatMap(
    file => projectText(file).match(/new (\w+)Command\(/g) ?? [],
  );
  const calls = [...new Set(commands)].map(call => `kinesis:${/new (\w+)Command/.exec(call)![1]}`);
  expect(statement!.actions).toEqual(calls);
});
