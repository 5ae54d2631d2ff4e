import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../../core/local-credentials.ts';
import { signHeaders, type ToSign } from '../../../support/gateway/sign-headers.ts';
import { startTestGateway, type TestGateway } from '../../../support/gateway/test-gateway.ts';
import { FOREIGN_KEY } from '../../../support/gateway/token-issuer.ts';

let server: TestGateway;

beforeAll(async () => {
  server = await startTestGateway({
    answers: {
      'Query.machine': ({ identity }) => ({ data: JSON.stringify(identity) }),
      'Query.me': ({ identity }) => ({ data: identity }),
    },
    api: {
      additionalModes: [
        { type: 'AWS_IAM' },
        {
          type: 'API_KEY',
          keys: [
            { id: 'da2-good', expiresAtMs: Number.POSITIVE_INFINITY },
            { id: 'da2-old', expiresAtMs: 0 },
          ],
        },
      ],
    },
    options: {
      credentials: {
        ...LOCAL_CREDENTIALS,
        userArn: 'arn:aws:iam::123456789012:user/robot',
      },
    },
  });
});
afterAll(() => server.stop());

const QUERY = { query: '{ __typename }' };
const NO_HEADER = 'Valid authorization header not provided.';
const NOT_AUTHORIZED = 'You are not authorized to make this call.';

describe('invalid credentials are answered with status 401', () => {
  const past = Math.floor(Date.now() / 1000) - 10;

  it.each<[string, () => Record<string, string>, string]>([
    ['none', () => ({}), NO_HEADER],
    ['an empty header', () => ({ authorization: '' }), NO_HEADER],
    ['no token', () => ({ authorization: 'meow' }), 'Unable to parse JWT token.'],
    ['a token of no JSON', () => ({ authorization: 'a.b.c' }), 'Unable to parse JWT token.'],
    ['an expired token', () => ({ authorization: server.issuer.token({ exp: past }) }), 'Token has expired.'],
    [
      'a token of another pool',
      () => ({ authorization: server.issuer.token({ iss: 'http://pool.example/pool-2' }) }),
      NO_HEADER,
    ],
    [
      'a token of another client',
      () => ({ authorization: server.issuer.token({ client_id: 'other' }) }),
      NO_HEADER,
    ],
    [
      'a token for another use',
      () => ({ authorization: server.issuer.token({ token_use: 'refresh' }) }),
      NO_HEADER,
    ],
    [
      'a wrong signature',
      () => ({ authorization: server.issuer.token({}, { key: FOREIGN_KEY }) }),
      NO_HEADER,
    ],
    [
      'a token without signature',
      () => {
        const [, payload] = server.issuer.token().split('.');
        return { authorization: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.` };
      },
      'Unable to parse JWT token.',
    ],
    ['an unknown API key', () => ({ 'x-api-key': 'da2-bad' }), NOT_AUTHORIZED],
    ['an API key that has run out', () => ({ 'x-api-key': 'da2-old' }), NOT_AUTHORIZED],
    ['an unreadable signature', () => ({ authorization: 'AWS4-HMAC-SHA256 meow' }), NOT_AUTHORIZED],
  ])('%s', async (_, headers, message) => {
    const answer = await server.post(QUERY, headers());
    expect(answer).toMatchObject({ status: 401 });
    expect(answer.body).toEqual({ errors: [{ errorType: 'UnauthorizedException', message }] });
    expect(answer.headers.get('x-amzn-errortype')).toBe('UnauthorizedException');
  });

  const body = JSON.stringify(QUERY);
  it.each<[string, Partial<ToSign>, string]>([
    ['of another secret', { secret: 'wrong' }, NOT_AUTHORIZED],
    ['of another key', { accessKeyId: 'other' }, NOT_AUTHORIZED],
    ['for another region', { region: 'us-east-1' }, NOT_AUTHORIZED],
    ['for another service', { service: 'dynamodb' }, NOT_AUTHORIZED],
    ['of another body', { body: '{"query":"{ me }"}' }, NOT_AUTHORIZED],
    ['of another path', { url: 'http://127.0.0.1/other' }, NOT_AUTHORIZED],
    ['six minutes ago', { at: new Date(Date.now() - 360_000) }, 'Signature expired.'],
    ['in six minutes', { at: new Date(Date.now() + 360_000) }, 'Signature expired.'],
  ])('a signature %s', async (_, given, message) => {
    const answer = await server.post(body, await signHeaders({ url: server.url, body, ...given }));
    expect(answer).toMatchObject({ status: 401 });
    expect(answer.body).toEqual({ errors: [{ errorType: 'UnauthorizedException', message }] });
  });
});

describe('valid credentials', () => {
  it('identify an access token as the person', async () => {
    const { body } = await server.post({ query: '{ me }' }, { authorization: server.issuer.token() });
    expect(JSON.parse((body as { data: { me: string } }).data.me)).toMatchObject({
      username: 'viewer@example.com',
      groups: ['viewer'],
    });
  });

  it('identify an ID token as the person, with its claims, and missing groups as null', async () => {
    const claims = {
      token_use: 'id',
      client_id: undefined,
      aud: server.issuer.clientId,
      username: undefined,
      'cognito:username': 'u-1',
      'cognito:groups': undefined,
      email: 'viewer@example.com',
    };
    const { body } = await server.post(
      { query: '{ me }' },
      { authorization: `Bearer ${server.issuer.token(claims)}` },
    );
    expect(JSON.parse((body as { data: { me: string } }).data.me)).toMatchObject({
      username: 'u-1',
      groups: null,
      claims: { email: 'viewer@example.com' },
    });
  });

  it('identify a signature as the machine, with any URL and headers', async () => {
    const body = '{"query": "{ machine }", "variables": {"a": "ü"}}';
    const url = `${server.url}?b=2&a=%C3%BC%20x%27`;
    const headers = await signHeaders({
      url: server.url,
      body,
      headers: { 'content-type': 'application/json', 'x-many': 'a   b' },
    });
    const answer = await server.post(body, headers);
    expect(JSON.parse((answer.body as { data: { machine: string } }).data.machine)).toEqual({
      accountId: '123456789012',
      userArn: 'arn:aws:iam::123456789012:user/robot',
      username: 'robot',
      sourceIp: ['127.0.0.1'],
      cognitoIdentityAuthProvider: null,
      cognitoIdentityAuthType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
    });
    const withQuery = await fetch(url, { method: 'POST', body, headers: await signHeaders({ url, body }) });
    expect(withQuery.status).toBe(200);
  });

  it('give no identity for an API key', async () => {
    const { body } = await server.post({ query: '{ me machine }' }, { 'x-api-key': 'da2-good' });
    expect(body).toMatchObject({
      data: { me: null, machine: null },
      errors: [
        { message: 'Not Authorized to access me on type Query' },
        { message: 'Not Authorized to access machine on type Query' },
      ],
    });
  });
});
