import { keyObjectOf, type PublicKey, publicJwk } from '../../core/report/public-key.ts';
import { openEdgeKey, openNextEdgeKey, switchEdgeKey } from '../spool/edge-key.ts';
import { spoolFolder } from '../spool/spool-folder.ts';
import type { KeyOptions } from './key-options.ts';
import { userPath } from './option-values.ts';

/** `edge key`: prints the public key of an edge. It makes a key pair if there is none. */
export async function key(options: KeyOptions): Promise<number> {
  const { edgeId, spool, system } = options;
  const folder = spoolFolder({
    spool: spool === undefined ? undefined : userPath(spool),
    system: userPath(system),
    edge_id: edgeId,
  });
  const open = options.next ? openNextEdgeKey : options.switch ? switchEdgeKey : openEdgeKey;
  const { kid, x } = await open(folder);
  process.stdout.write(shown({ edge_id: edgeId, kid, x }, options));
  return 0;
}

function shown({ edge_id, kid, x }: PublicKey & { edge_id: string }, { pem, json }: KeyOptions): string {
  const jwk = publicJwk({ kid, x });
  if (pem) return keyObjectOf(x).export({ type: 'spki', format: 'pem' }).toString();
  if (json) return `${JSON.stringify({ edge_id, kid, jwk })}\n`;
  return `${JSON.stringify(jwk)}\n`;
}
