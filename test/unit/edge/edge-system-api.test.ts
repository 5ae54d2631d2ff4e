import { describe, expect, it } from 'vitest';
import { tokenOf } from '../../../core/appsync/authorizer.ts';
import type { GraphqlClient } from '../../../core/appsync/graphql-client.ts';
import { readCountedBoot } from '../../../edge/counting/counted-boot.ts';
import { waitUntilCounted } from '../../../edge/counting/wait-counted.ts';
import { EdgeError } from '../../../edge/edge-error.ts';
import { readSystemPolicies } from '../../../edge/policies/system-policies.ts';
import { SystemRefused, systemClient } from '../../../edge/system/system-client.ts';
import { fakeTime } from '../../support/fake-time.ts';

const position = { boot_id: 'boot-1', seq: 3, parts: 2 };
const reported = { packets: 30n, bytes: 2n ** 60n };

function answering(answers: (object | null)[]): GraphqlClient {
  let asked = 0;
  return { query: async () => ({ edge: answers[Math.min(asked++, answers.length - 1)] }) };
}

function parts(...seqs: number[]) {
  return boot('boot-1', seqs);
}

/** Each report of a part contains 5 packets more; the third contains half of the reported ones. */
function boot(boot_id: string, seqs: number[]) {
  return {
    parts: seqs.map((seq, part) => ({
      part,
      boot_id,
      seq,
      packets_exact: String(5 * seq),
      bytes_exact: String(seq === 3 ? 2n ** 59n : BigInt(seq)),
    })),
  };
}

async function wait(graphql: GraphqlClient, more = {}) {
  const { clock, advance } = fakeTime();
  const start = clock();
  const progress: string[] = [];
  await waitUntilCounted({
    graphql,
    edge_id: 'edge-1',
    position,
    reported,
    onProgress: ({ seq, of }) => progress.push(`${seq}/${of}`),
    clock,
    sleep: advance,
    ...more,
  });
  return { progress, waited_ms: clock() - start };
}

describe('reading the counts of a boot', () => {
  const query = { edge_id: 'edge-1', boot_id: 'boot-1', signs: true };
  const field = (document: string) => /(?:own)?[eE]dge\(/.exec(document)?.[0];
  const no = (name: string) => new SystemRefused(`no right to ${name}`);

  /** Answers by field; an Error is thrown. */
  function asked(answers: Record<string, unknown>) {
    const fields: (string | undefined)[] = [];
    const graphql: GraphqlClient = {
      async query(document) {
        fields.push(field(document));
        const found = answers[fields.at(-1)!];
        if (found instanceof Error) throw found;
        return { edge: found };
      },
    };
    return { graphql, fields };
  }

  it.each([
    ['as its own role', query, { 'ownEdge(': parts(3) }, ['ownEdge(']],
    ['as a role that reads', query, { 'ownEdge(': no('ownEdge'), 'edge(': parts(3) }, ['ownEdge(', 'edge(']],
    ['as a person', { ...query, signs: false }, { 'edge(': parts(3) }, ['edge(']],
  ])('works %s', async (_, how, answers, fields) => {
    const api = asked(answers);
    expect((await readCountedBoot(api.graphql, how)).seqs).toEqual(new Map([[0, 3]]));
    expect(api.fields).toEqual(fields);
  });

  it('fails with the first refusal if both queries are refused, and at once without an answer', async () => {
    const refused = asked({ 'ownEdge(': no('ownEdge'), 'edge(': no('edge') });
    await expect(readCountedBoot(refused.graphql, query)).rejects.toThrow(no('ownEdge'));
    const away = asked({ 'ownEdge(': new EdgeError('no answer') });
    await expect(readCountedBoot(away.graphql, query)).rejects.toThrow(new EdgeError('no answer'));
    expect(away.fields).toEqual(['ownEdge(']);
  });
});

describe('waiting until the system has counted', () => {
  it('ends when the slowest part of this boot is counted', async () => {
    const old = boot('boot-0', [99, 99]);
    const graphql = answering([null, old, parts(1), parts(1, 1), parts(3, 1), parts(3, 3)]);
    expect(await wait(graphql)).toEqual({ progress: ['0/3', '0/3', '1/3', '1/3'], waited_ms: 2500 });
  });

  it('ends when the same traffic is counted up to a later report, as by a run with shorter intervals', async () => {
    const counted = { parts: parts(3, 3).parts.map(part => ({ ...part, seq: 9 })) };
    expect(await wait(answering([counted]))).toEqual({ progress: [], waited_ms: 0 });
  });

  it('fails if other traffic is counted under the boot', async () => {
    await expect(wait(answering([parts(2, 3), parts(4, 4)]))).rejects.toThrow(
      new EdgeError(
        `The system has counted other traffic under boot boot-1 of edge-1: 40 packets and 8 bytes, but report 3 has 30 and ${2n ** 60n}. A boot id belongs to one run: repeat this one with a new --boot-id. Refused reports are in the quarantine (npm run quarantine -- list).`,
      ),
    );
  });

  it.each([
    [{ reports: 0, of: 3 }, /^The system has counted other traffic/],
    [{ reports: 2, of: 3 }, /^2 of 3 reports were not new\. The system has counted other traffic/],
  ])('says in an error how many reports were counted before: %j', async (not_new, message) => {
    await expect(wait(answering([parts(4, 4)]), { not_new })).rejects.toThrow(message);
  });

  it('fails if a report of the boot was rejected, with the reason', async () => {
    const refused = (boot_id: string) => ({
      ...parts(2, 2),
      refused: { boot_id, reason: 'It contradicts.' },
    });
    await expect(wait(answering([refused('boot-0'), refused('boot-1')]))).rejects.toThrow(
      new EdgeError(
        'The system refused a report of edge-1, boot boot-1, and has not counted it: It contradicts. It is in the quarantine (npm run quarantine -- list).',
      ),
    );
  });

  it('gives up after two minutes without progress, and says where to look', async () => {
    await expect(wait(answering([parts(2, 2)]))).rejects.toThrow(
      new EdgeError(
        "The system has counted report 2 of 3 of edge-1, boot boot-1, and nothing more for 120 s. The reports are on the stream: check the ingest function's log and the quarantine (npm run quarantine -- list).",
      ),
    );
  });

  it('ends when it is stopped', async () => {
    expect(await wait(answering([null]), { signal: AbortSignal.abort() })).toEqual({
      progress: [],
      waited_ms: 0,
    });
  });
});

describe('asking the system', () => {
  const client = (fetch: () => Promise<Response>) =>
    systemClient({ url: 'https://api.example.com/graphql', authorizer: tokenOf(async () => 'token'), fetch });

  it('returns the data of an answer', async () => {
    const graphql = client(async () => Response.json({ data: { answer: 42 } }));
    expect(await graphql.query('{ answer }')).toEqual({ answer: 42 });
  });

  it.each<[string, () => Promise<Response>, EdgeError]>([
    [
      'a refusal',
      async () => Response.json({ errors: [{ message: 'Only operators may do this.' }] }, { status: 401 }),
      new SystemRefused('The system at https://api.example.com/graphql refused: Only operators may do this.'),
    ],
    [
      'an answer that is not JSON',
      async () => new Response('<html>'),
      new EdgeError(
        'The system at https://api.example.com/graphql does not answer (the answer was not JSON): is it running?',
      ),
    ],
    [
      'a closed door',
      async () => {
        throw new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } });
      },
      new EdgeError(
        'The system at https://api.example.com/graphql does not answer (ECONNREFUSED): is it running?',
      ),
    ],
    [
      'silence',
      async () => {
        throw new DOMException('timed out', 'TimeoutError');
      },
      new EdgeError(
        'The system at https://api.example.com/graphql does not answer (no answer within 30 s): is it running?',
      ),
    ],
  ])('describes %s in a sentence', async (_, fetch, error) => {
    await expect(client(fetch).query('{ answer }')).rejects.toThrow(error);
  });

  it('rejects policies of a newer system that it does not understand', async () => {
    const item = { id: '7', name: 'x', priority: 1, enabled: true, defined: true, match: { country: 'CH' } };
    const graphql = {
      query: async () => ({ policies: { items: [item], next_token: null, policies_version: '1' } }),
    };
    await expect(readSystemPolicies(graphql)).rejects.toThrow(
      new EdgeError(
        'Policy 7 of the system has an unknown form: match Unrecognized key: "country". Update this edge program, or give --policies FILE.',
      ),
    );
  });
});
