import { describe, expect, it } from 'vitest';
import { type Authorizer, renewedToken, signedBy, tokenOf } from '../../../core/appsync/authorizer.ts';
import { graphqlClient } from '../../../core/appsync/graphql-client.ts';
import type { PostFailure } from '../../../core/appsync/post-json.ts';
import { makeSignPost } from '../../../core/appsync/sign-post.ts';

const URL_OF_API = 'https://api.example.com/graphql';

class Failed extends Error {
  readonly failure: PostFailure;

  constructor(failure: PostFailure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/** A client whose posts are answered in turn; an error is thrown. */
function clientOf(answers: (Response | Error)[], authorizer: Authorizer = tokenOf(async () => 'token')) {
  const posts: { url: string; headers: Record<string, string>; body: unknown }[] = [];
  const sleeps: number[] = [];
  const client = graphqlClient({
    url: URL_OF_API,
    authorizer,
    timeout_ms: 10_000,
    sleep: async ms => {
      sleeps.push(ms);
    },
    errorOf: failure => new Failed(failure),
    fetch: async (url, init) => {
      const headers = init?.headers as Record<string, string>;
      posts.push({ url: String(url), headers, body: JSON.parse(String(init?.body)) });
      const answer = answers.shift()!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { client, posts, sleeps };
}

const refused = (status: number, ...messages: string[]) =>
  Response.json({ data: null, errors: messages.map(message => ({ message })) }, { status });

describe('a GraphQL client', () => {
  it('posts the operation with its authorization and returns the data', async () => {
    const { client, posts } = clientOf([Response.json({ data: { site: null } })]);
    expect(await client.query('query ($id: ID!) { site(id: $id) { id } }', { id: '7' })).toEqual({
      site: null,
    });
    expect(posts).toEqual([
      {
        url: URL_OF_API,
        headers: { 'content-type': 'application/json', authorization: 'token' },
        body: { query: 'query ($id: ID!) { site(id: $id) { id } }', variables: { id: '7' } },
      },
    ]);
  });

  const reset = new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
  const silent = Object.assign(new Error('timed out'), { name: 'TimeoutError' });
  it.each<[string, Response | Error, object]>([
    [
      'refusals',
      refused(200, 'No.', 'Never.'),
      { kind: 'refused', status: 200, messages: ['No.', 'Never.'] },
    ],
    ['refusals by status', refused(403, 'No.'), { kind: 'refused', status: 403, messages: ['No.'] }],
    [
      'a status without a word',
      Response.json({}, { status: 500 }),
      { kind: 'refused', status: 500, text: '{}', messages: [] },
    ],
    ['no JSON', new Response('<html>', { status: 502 }), { kind: 'no JSON', status: 502, text: '<html>' }],
    ['a broken connection', reset, { kind: 'no answer', reason: 'ECONNRESET', cause: reset }],
    ['silence', silent, { kind: 'no answer', reason: 'no answer within 10 s', cause: silent }],
  ])('passes %s to its caller, which writes the error message', async (_, answer, failure) => {
    const { client, posts } = clientOf([answer]);
    await expect(client.query('{ a }')).rejects.toMatchObject({ failure });
    expect(posts).toHaveLength(1);
  });

  it('fetches a new token once when the API rejects the current one', async () => {
    let tokens = 0;
    const authorizer = renewedToken(async () => `token-${++tokens}`);
    const answers = [Response.json({ data: 1 }), refused(401, 'Expired.'), Response.json({ data: 2 })];
    const { client, posts } = clientOf([...answers, refused(401, 'A.'), refused(401, 'B.')], authorizer);
    expect([await client.query('{ a }'), await client.query('{ a }')]).toEqual([1, 2]);
    expect(posts.map(({ headers }) => headers.authorization)).toEqual(['token-1', 'token-1', 'token-2']);
    await expect(client.query('{ a }')).rejects.toMatchObject({ failure: { messages: ['B.'] } });
  });
});

describe('a refusal with a time for the next attempt', () => {
  const later = (...waits: (number | undefined)[]) =>
    Response.json({
      data: null,
      errors: waits.map(wait => ({
        message: 'Later.',
        errorType: 'Throttled',
        errorInfo: wait === undefined ? null : { retry_after_s: wait },
      })),
    });

  it('is retried until data comes', async () => {
    const { client, sleeps } = clientOf([later(23), later(2, 7), Response.json({ data: 1 })]);
    expect(await client.query('{ a }')).toBe(1);
    expect(sleeps).toEqual([23_000, 7000]);
  });

  it('is retried five times, after a minute at most', async () => {
    const { client, posts, sleeps } = clientOf(Array.from({ length: 6 }, () => later(3600)));
    await expect(client.query('{ a }')).rejects.toMatchObject({ failure: { messages: ['Later.'] } });
    expect(sleeps).toEqual(Array.from({ length: 5 }, () => 60_000));
    expect(posts).toHaveLength(6);
  });

  it('is passed to the caller if another refusal has no such time', async () => {
    const { client, sleeps } = clientOf([later(5, undefined)]);
    await expect(client.query('{ a }')).rejects.toMatchObject({ failure: { kind: 'refused' } });
    expect(sleeps).toEqual([]);
  });
});

describe('a signed post', () => {
  it('has the signature of its credentials, region and service, and the given headers', async () => {
    const sign = makeSignPost({
      region: 'eu-central-1',
      credentials: async () => ({ accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'session' }),
    });
    const headers = await sign(new URL(URL_OF_API), '{}', { accept: 'application/json' });
    expect(headers).toMatchObject({
      host: 'api.example.com',
      accept: 'application/json',
      'content-type': 'application/json',
      'x-amz-security-token': 'session',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=key\/\d{8}\/eu-central-1\/appsync\/aws4_request, SignedHeaders=/,
      ),
    });
  });

  it('reads the credentials for each post', async () => {
    let keys = 0;
    const credentials = async () => ({ accessKeyId: `key-${++keys}`, secretAccessKey: 'secret' });
    const { headers } = signedBy(makeSignPost({ region: 'eu-central-1', credentials }));
    const [one, two] = [await headers(URL_OF_API, '{}'), await headers(URL_OF_API, '{}')];
    expect([one.authorization, two.authorization]).toEqual([
      expect.stringContaining('Credential=key-1/'),
      expect.stringContaining('Credential=key-2/'),
    ]);
  });
});
