import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorize, type OperationName, PUBLICATIONS, ROLES } from '../../../core/access/roles.ts';
import { type ApiIdentity, callerOf } from '../../../functions/api/api-event.ts';
import { type Audience, EXPECTED_ACCESS } from '../../support/expected-access.ts';
import { signHeaders } from '../../support/gateway/sign-headers.ts';
import { PUBLISH_CODE, startTestGateway, type TestGateway } from '../../support/gateway/test-gateway.ts';
import { FOREIGN_KEY } from '../../support/gateway/token-issuer.ts';
import { OPERATIONS, SDL } from '../../support/operation-documents.ts';

let server: TestGateway;

beforeAll(async () => {
  const answers = Object.keys(ROLES).map(name => [
    name,
    ({ identity }: { identity: unknown }) => {
      try {
        authorize(name as OperationName, callerOf({ identity: identity as ApiIdentity | null }));
        return { error: { type: 'LetIn', message: name } };
      } catch (cause) {
        const { errorType, message } = cause as { errorType: string; message: string };
        return { error: { type: errorType, message } };
      }
    },
  ]);
  server = await startTestGateway({
    sdl: SDL,
    answers: Object.fromEntries(answers),
    resolvers: Object.keys(PUBLICATIONS).map(name => ({
      typeName: 'Mutation',
      fieldName: name.split('.')[1]!,
      code: PUBLISH_CODE,
      dataSource: 'none',
    })),
  });
});
afterAll(() => server.stop());

const person = (...groups: string[]) => ({
  authorization: server.issuer.token({ 'cognito:groups': groups }),
});

/** Every kind of caller, with its identity. */
const CALLERS: Record<string, (body: string) => Record<string, string> | Promise<Record<string, string>>> = {
  admin: () => person('admin'),
  operator: () => person('operator'),
  viewer: () => person('viewer'),
  'no group': () => ({ authorization: server.issuer.token({ 'cognito:groups': undefined }) }),
  'no token': () => ({}),
  'expired token': () => ({ authorization: server.issuer.token({ exp: 1, 'cognito:groups': ['admin'] }) }),
  'token of another pool': () => ({
    authorization: server.issuer.token({ iss: 'http://pool.example/other', 'cognito:groups': ['admin'] }),
  }),
  'wrong signature': () => ({
    authorization: server.issuer.token({ 'cognito:groups': ['admin'] }, { key: FOREIGN_KEY }),
  }),
  machine: body => signHeaders({ url: server.url, body }),
};

const LET_IN: Record<Audience, string[]> = {
  forAll: ['admin', 'operator', 'viewer', 'machine'],
  forPeople: ['admin', 'operator', 'viewer'],
  forOperators: ['admin', 'operator'],
  forAdmins: ['admin'],
  forMachines: ['machine'],
};

describe('every operation, called by every role through the gateway and the table of roles', () => {
  it.each(OPERATIONS)('$name allows exactly its roles', async ({ name, document }) => {
    const audience = name in PUBLICATIONS ? 'forMachines' : EXPECTED_ACCESS[name as OperationName];
    const body = JSON.stringify({ query: document });
    const outcomes = await Promise.all(
      Object.entries(CALLERS).map(async ([caller, headers]) => [
        caller,
        await ask(body, await headers(body)),
      ]),
    );
    const refusedAtTheDoor = ['no token', 'expired token', 'token of another pool', 'wrong signature'];
    const expected = Object.keys(CALLERS).map(caller => [
      caller,
      refusedAtTheDoor.includes(caller) ? 401 : LET_IN[audience].includes(caller) ? 'let in' : 'Unauthorized',
    ]);
    expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(expected));
  });
});

async function ask(body: string, headers: Record<string, string>): Promise<unknown> {
  const answer = await server.post(body, headers);
  if (answer.status !== 200) return answer.status;
  const { errors } = answer.body as { errors?: { errorType: string; message: string }[] };
  const [error] = errors ?? [];
  if (!error || error.errorType === 'LetIn') return 'let in';
  return error.errorType === 'Unauthorized' ? 'Unauthorized' : `${error.errorType}: ${error.message}`;
}
