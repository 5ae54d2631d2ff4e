import { describe, expect, it } from 'vitest';
import { knownKeys } from '../../../core/edge-keys/edge-key-memory.ts';
import { judgeSigned, judgeUnsigned } from '../../../core/edge-keys/judge-record.ts';
import { decodeReport } from '../../../core/report/decode-report.ts';
import { readPublicKey } from '../../../core/report/public-key.ts';
import { ReportRejected } from '../../../core/report/rejection.ts';
import { recordSigner } from '../../../core/report/sign-record.ts';
import { isSigned, readSignedRecord } from '../../../core/report/signed-record.ts';
import { keyOfSeed } from '../../support/edge-keys.ts';
import { projectText } from '../../support/project-files.ts';

interface Vectors {
  edge_id: string;
  key: { seed: string; jwk: { x: string }; kid: string; pem: string };
  good_from: string;
  arrived_at: string;
  records: { name: string; payload?: string; partition_key?: string; record: string; outcome: string }[];
}

const vectors = JSON.parse(projectText('docs/signed-report-vectors.json')) as Vectors;
const { kid, seed, jwk, pem } = vectors.key;
const NO_KEYS = knownKeys({ revision: 1, keys: [] });
const KEYS = knownKeys({ revision: 1, keys: [{ kid, x: jwk.x, from: vectors.good_from, until: null }] });

function outcomeOf(record: Buffer, edge_id: string): string {
  const keys = edge_id === vectors.edge_id ? KEYS : NO_KEYS;
  const judging = { edge_id, arrived_at_ms: Date.parse(vectors.arrived_at), keys };
  try {
    if (!isSigned(record)) {
      judgeUnsigned(judging);
      decodeReport(record, edge_id);
    } else {
      const signed = readSignedRecord(record);
      judgeSigned(signed, judging);
      decodeReport(signed.payload, edge_id);
    }
    return 'counts';
  } catch (reason) {
    if (reason instanceof ReportRejected) return reason.code;
    throw reason;
  }
}

describe('docs/signed-report-vectors.json', () => {
  it('has one key in several forms', async () => {
    const own = await keyOfSeed(Buffer.from(seed, 'base64url'));
    expect({ kid: own.kid, x: own.x }).toEqual({ kid, x: jwk.x });
    expect(await readPublicKey(JSON.stringify(jwk))).toEqual({ kid, x: jwk.x });
    expect(await readPublicKey(pem)).toEqual({ kid, x: jwk.x });
  });

  it.each(vectors.records)('$name: $outcome', ({ record, partition_key, outcome }) => {
    expect(outcomeOf(Buffer.from(record, 'latin1'), partition_key ?? vectors.edge_id)).toBe(outcome);
  });

  it.each(vectors.records.slice(0, 2))(
    '$name is signed as our edge signs it',
    async ({ payload, record }) => {
      const sign = recordSigner(await keyOfSeed(Buffer.from(seed, 'base64url')));
      expect(Buffer.from(await sign(Buffer.from(payload!, 'base64'))).toString()).toBe(record);
    },
  );
});

describe('an edge without a key', () => {
  it('may report unsigned', () => {
    const record = Buffer.from(vectors.records.at(-1)!.record.replace('edge-7', 'edge-8'));
    expect(outcomeOf(record, 'edge-8')).toBe('counts');
  });
});
