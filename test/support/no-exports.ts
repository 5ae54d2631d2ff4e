import type { ExportPorts } from '../../functions/api/resolver.ts';

/** For tests without exports. */
export const noExports: ExportPorts = {
  dispatcher: { dispatch: () => Promise.reject(new Error('This test has no export function')) },
  signer: { sign: () => Promise.reject(new Error('This test has no bucket')) },
  retention_days: 7,
};
