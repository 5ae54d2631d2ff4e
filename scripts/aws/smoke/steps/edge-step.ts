import { generateKeyPairSync } from 'node:crypto';
import { publicJwk, thumbprint } from '../../../../core/report/public-key.ts';
import { recordSigner } from '../../../../core/report/sign-record.ts';
import { madeOf, type SmokeStep } from '../smoke-step.ts';

/** The same in every test, because edges cannot be deleted; a retired one is harmless. */
const edge_id = 'smoke-edge';

const REGISTER = `mutation ($id: ID!, $site: ID!, $key: String!) {
  registerEdge(id: $id, site_id: $site, interval_s: 60, public_key: $key) { id } }`;
const RETIRE = 'mutation ($id: ID!) { retireEdge(id: $id) { id } }';
const REVOKE = 'mutation ($id: ID!, $kid: ID!) { revokeEdgeKey(edge_id: $id, kid: $kid) { id } }';

export const edgeStep: SmokeStep = {
  name: 'edge',
  proves: 'an edge is registered with its public key',
  needs: ['network'],
  async run(bench) {
    const admin = madeOf(bench, 'admin');
    const { privateKey: key } = generateKeyPairSync('ed25519');
    const x = key.export({ format: 'jwk' }).x!;
    const kid = await thumbprint(x);
    await admin.query(REGISTER, {
      id: edge_id,
      site: madeOf(bench, 'network').home,
      key: JSON.stringify(publicJwk({ kid, x })),
    });
    bench.undo(`edge ${edge_id} in service`, () => admin.query(RETIRE, { id: edge_id }));
    bench.undo(`key of ${edge_id}`, () => admin.query(REVOKE, { id: edge_id, kid }));
    bench.made.edge = { edge_id, sign: recordSigner({ key, kid }) };
    return `${edge_id}, Ed25519 key ${kid.slice(0, 8)}…`;
  },
};
