import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The slowest test files, slowest first; a slow file that is missing here only starts later. */
export const LONGEST = [
  'end-to-end/web/console',
  'end-to-end/web/people',
  'end-to-end/local/local-start',
  'faults/flows/flow-log-faults',
  'faults/inventory/deletion-faults',
  'faults/inventory/deletion-interleaving',
  'faults/system/control-plane',
  'faults/history/lane-groups',
  'faults/local/soak',
  'end-to-end/system/main-path',
  'integration/history/history-lag',
  'integration/local/local-bundles',
  'faults/ingest/ingest-every-call',
  'faults/local/local-stream-kills',
  'faults/routing/past-decisions',
  'end-to-end/edge/live-edge',
].map(name => `test/${name}.test.ts`);

/**
 * Starts the slowest files first, so that none is left to one worker at the end while the others
 * are idle. Vitest itself knows the duration of a file only after a run, which a clean checkout
 * lacks.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex(file => moduleId.endsWith(`/${file}`));
      return place === -1 ? LONGEST.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
