import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openGraphql } from '../../../edge/system/open-graphql.ts';
import { writeSystemFiles } from '../../support/edge-system.ts';

let folder: string;
const ends: (() => unknown)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-callers-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A local system with users of these groups, which answers each query with who asks. */
async function startSystem(groups: readonly string[]): Promise<void> {
  const server = createServer(async (request, response) => {
    const { AuthParameters } = (await json(request)) as { AuthParameters?: { USERNAME: string } };
    const answer = AuthParameters
      ? { AuthenticationResult: { AccessToken: AuthParameters.USERNAME } }
      : { data: { asked_by: request.headers.authorization } };
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeSystemFiles(folder, {
    graphql: url,
    cognito: url,
    kinesis: url,
    stream: 'reports',
    pool: 'pool',
  });
  const file = join(folder, 'endpoints.json');
  const users = groups.map(group => ({ email: `${group}@example.com`, password: 'x', groups: [group] }));
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), users }));
}

it.each([
  [{}, ['viewer', 'operator', 'admin'], 'operator'],
  [{ group: 'admin' }, ['viewer', 'operator', 'admin'], 'admin'],
  [{ group: 'admin' }, ['viewer', 'operator'], 'operator'],
  [{}, ['viewer', 'admin'], 'admin'],
] as const)(
  'sends a request of a program with %j to a local system with %j as %s',
  async (caller, groups, expected) => {
    await startSystem(groups);
    const graphql = (await openGraphql({ system: folder }, caller))!;
    expect(await graphql.query('{ asked_by }')).toEqual({ asked_by: `${expected}@example.com` });
  },
);
