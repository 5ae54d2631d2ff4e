import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type PublicKey, thumbprint } from '../../core/report/public-key.ts';
import { recordSigner, type SignRecord } from '../../core/report/sign-record.ts';
import { SpoolError } from './spool.ts';

/** An edge's key pair, Ed25519. The private key never leaves this machine. */
export interface EdgeKey extends PublicKey {
  key: KeyObject;
}

/** The key that signs reports, and the next key. */
const FILES = { present: 'key.json', next: 'key-next.json' } as const;

const fileSchema = z.object({
  v: z.literal(1),
  created_at: z.string(),
  jwk: z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string() }),
});

/**
 * Opens the edge's key pair, and makes one if there is none. Two concurrent processes get the same
 * pair.
 * @throws SpoolError
 */
export function openEdgeKey(folder: string): Promise<EdgeKey> {
  return guard(folder, () => openKey(join(folder, FILES.present)));
}

/**
 * Opens the next key pair, and makes one if there is none. It must be registered before it signs.
 * @throws SpoolError
 */
export function openNextEdgeKey(folder: string): Promise<EdgeKey> {
  return guard(folder, () => openKey(join(folder, FILES.next)));
}

/**
 * Makes the next key pair the edge's current one, atomically. A running edge signs with it from its
 * next start.
 * @throws SpoolError
 */
export function switchEdgeKey(folder: string): Promise<EdgeKey> {
  return guard(folder, async () => {
    const [next, present] = [join(folder, FILES.next), join(folder, FILES.present)];
    if (!(await readKey(next))) {
      throw new SpoolError(
        `There is no next key in ${folder}: make one with "key --next", register it (rotateEdgeKey), then switch.`,
      );
    }
    await rename(next, present);
    return openKey(present);
  });
}

/** Signs records with the edge's key. @throws SpoolError */
export async function edgeSigner(folder: string): Promise<SignRecord> {
  return recordSigner(await openEdgeKey(folder));
}

async function openKey(path: string): Promise<EdgeKey> {
  const found = await readKey(path);
  if (found) return found;
  await makeKey(path);
  return (await readKey(path))!;
}

async function readKey(path: string): Promise<EdgeKey | undefined> {
  let text: string;
  try {
    await ownOnly(path);
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
  try {
    const { jwk } = fileSchema.parse(JSON.parse(text));
    const key = createPrivateKey({ key: jwk, format: 'jwk' });
    return { key, x: jwk.x, kid: await thumbprint(jwk.x) };
  } catch (cause) {
    // The cause is not included, because it may contain the key.
    throw new SpoolError(
      `The key file ${path} is not a valid key: restore it, or delete it and let an administrator register the new key that is then made.`,
      { cause: (cause as Error).name },
    );
  }
}

/**
 * Written completely and flushed before it gets its name, which fails if another process was
 * faster.
 */
async function makeKey(path: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const text = JSON.stringify({
    v: 1,
    created_at: new Date().toISOString(),
    jwk: privateKey.export({ format: 'jwk' }),
  });
  await mkdir(join(path, '..'), { recursive: true });
  const beside = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(`${text}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(beside, path);
    await syncFolder(join(path, '..'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  } finally {
    await rm(beside, { force: true });
  }
}

// Copied folders often lose their permissions.
async function ownOnly(path: string): Promise<void> {
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) await chmod(path, 0o600);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync().catch(() => {});
  } finally {
    await handle?.close();
  }
}

async function guard<T>(folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof SpoolError) throw cause;
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new SpoolError(
      `The edge's key in ${folder} can't be used (${code}): give the edge's user permissions for it, or use another folder with --spool.`,
      { cause },
    );
  }
}
