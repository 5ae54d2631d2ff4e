import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { LOCAL_CREDENTIALS_ENVIRONMENT } from '../../core/local-credentials.ts';
import { REGION } from '../aws/account.ts';
import type { MailMessage } from './cognito-additions.ts';
import type { Engine } from './engine.ts';
import { startNodeEngine } from './node-engine.ts';

export interface CognitoOptions {
  /**
   * Folder for its files, created if missing. cognito-local keeps everything in files: for a
   * temporary run, use a temporary folder.
   */
  directory: string;
  /** Called for each mail that Cognito would have sent. */
  onMail?: ((mail: PeopleMail) => void) | undefined;
}

/** The content of a mail to a person. */
export type PeopleMail = MailMessage['mail'];

export interface CognitoEngine extends Engine {
  /** `iss` of the tokens of a pool. The same in every run, so that a kept sign-in stays valid. */
  issuer(poolId: string): string;
  /** The address of the keys of its tokens. */
  jwksUri(poolId: string): string;
}

const ISSUER_DOMAIN = 'http://cognito.localhost';

const PORT = 9229;

/**
 * Starts `cognito-local` on the loopback and waits until it listens. Its signing key is public, so
 * its tokens have no value outside this machine.
 */
export async function startCognito({ directory, onMail }: CognitoOptions): Promise<CognitoEngine> {
  const settings = join(directory, '.cognito');
  await mkdir(settings, { recursive: true });
  await setAsideBroken(settings);
  await writeFile(
    join(settings, 'config.json'),
    JSON.stringify({ TokenConfig: { IssuerDomain: ISSUER_DOMAIN } }),
  );
  const engine = await startNodeEngine({
    name: 'cognito-local',
    file: createRequire(import.meta.url).resolve('cognito-local/lib/bin/start.js'),
    cwd: directory,
    givenPort: PORT,
    preloads: [
      new URL('cognito-stubs.ts', import.meta.url),
      new URL('cognito-additions.ts', import.meta.url),
    ],
    onMessage(message) {
      const { mail } = message as Partial<MailMessage>;
      if (mail) onMail?.(mail);
    },
    env: {
      PORT: `${PORT}`,
      AWS_REGION: REGION,
      ...LOCAL_CREDENTIALS_ENVIRONMENT,
      AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1',
    },
  });
  return {
    ...engine,
    issuer: poolId => `${ISSUER_DOMAIN}/${poolId}`,
    jwksUri: poolId => `${engine.endpoint}/${poolId}/.well-known/jwks.json`,
  };
}

/**
 * Renames partially written files, which a kill could leave up to the last release, because they
 * would prevent the start.
 */
async function setAsideBroken(folder: string): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    const file = join(folder, name);
    if (name.endsWith('.new')) await rm(file);
    if (name.endsWith('.json') && !isJson(await readFile(file, 'utf8'))) await rename(file, `${file}.broken`);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
