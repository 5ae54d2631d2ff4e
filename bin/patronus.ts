import { makeApp } from '../lib/patronus-app.ts';
import { checkRegion } from '../lib/region.ts';
import { SettingError } from '../lib/setting-error.ts';

// The app synthesizes itself when the process ends.
try {
  checkRegion(process.env.CDK_DEFAULT_REGION);
  makeApp();
} catch (cause) {
  if (!(cause instanceof SettingError)) throw cause;
  console.error(cause.message);
  process.exitCode = 1;
}
