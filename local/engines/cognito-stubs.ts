// Loaded with --import into cognito-local. It can call functions and encrypt codes by way of the
// AWS SDK of old, 100 MB, which this system has no use for: empty packages are installed in their
// place (package.json, `overrides`), and get here the names that cognito-local looks for when it
// starts.
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
  // Where the real ones are still installed, they stay what they are.
  const { name: installed } = ofCognito(`${name}/package.json`) as { name: string };
  if (installed === 'empty-npm-package') Object.assign(ofCognito(name), exported);
}
