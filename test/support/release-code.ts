/**
 * Code that runs next to the code of another release in tests: `npm run pin-release` packs it as a
 * release's own.
 */

export { ingest } from '../../core/ingest/ingest.ts';
export { encodeReport } from '../../core/report/encode-report.ts';
export { makeApi } from './api.ts';
export { ingestContext } from './ingest-context.ts';
export { snapshotAt } from './snapshot-at.ts';
