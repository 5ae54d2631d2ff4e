// Loaded with --import into cognito-local. cognito-local depends on the old AWS SDK (100 MB) to
// call functions and to encrypt codes, which this system does not use. Empty packages replace it
// (package.json, `overrides`); this module adds the names that cognito-local needs at its start.
import { createRequire } from 'node:module';

const ofCognito = createRequire(createRequire(import.meta.url).resolve('cognito-local/lib/bin/start.js'));

class Unavailable {}

const STUBS: Record<string, object> = {
  'aws-sdk': { Lambda: Unavailable, KMS: Unavailable },
  '@aws-crypto/client-node': {
    buildClient: () => ({ encrypt: () => Promise.reject(new Error('There is no KMS on one machine.')) }),
    CommitmentPolicy: {},
    KmsKeyringNode: Unavailable,
  },
};

for (const [name, exported] of Object.entries(STUBS)) {
  // If the real packages are still installed, they are not changed.
  const { name: installed } = ofCognito(`${name}/package.json`) as { name: string };
  if (installed === 'empty-npm-package') Object.assign(ofCognito(name), exported);
}
