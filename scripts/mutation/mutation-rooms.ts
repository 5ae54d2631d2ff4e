import { existsSync } from 'node:fs';
import { PURE } from '../rooms.ts';

/** A room for mutation, by its folder or file. */
export interface MutationRoom {
  room: string;
  /** The lowest allowed score, per cent; undefined: it is only measured. */
  floor: number | undefined;
  /**
   * The folders and files of `test/unit` that test it. All of them run for each line that runs when
   * a file is loaded.
   */
  tests: readonly string[];
}

/** Rooms that count or decide what is billed, with the lowest allowed score, per cent. */
export const FLOORS: Record<string, number> = {
  'ledger/lane': 85,
  policy: 85,
  recorder: 85,
  report: 85,
};

/** Pure rooms without mutants, and the reason. */
export const WITHOUT_LINES: Record<string, string> = {
  'local-credentials': 'two constants that could have any other text',
};

/**
 * The tests of a room, quickest first: a mutant is run by one file after the other until a test
 * notices it. Each run loads its files again, so none of them may import AWS packages, which takes
 * longer than all its tests.
 */
const TESTS: Record<string, readonly string[]> = {
  errors: ['errors'],
  hash: ['hash'],
  digest: ['digest'],
  'count-words': ['count-words'],
  time: ['time/clocks', 'time/holding-timers'],
  policy: ['policy', 'inventory/policy-id', 'flows/flow-filter'],
  rows: ['rows'],
  totals: [
    ...['totals', 'recorder/recorder-pairs', 'flows/duplicate-flows', 'flows/flows-sums'],
    ...['ledger/lane-fold', 'recorder/recorder-paths', 'ledger/lane-codec'],
  ],
  effects: ['effects'],
  report: [
    ...['report/report-decode', 'report/report-decode-bad', 'report/signed-record'],
    ...[
      'report/uuid-text',
      'report/rejection',
      'report/public-key',
      'report/record-limits',
      'report/edge-encode-report',
    ],
  ],
  recorder: [
    ...['recorder/recorder-pairs', 'recorder/recorder-seed', 'recorder/recorder-paths'],
    ...['recorder/recorder-counts', 'recorder/distinct-flows', 'recorder/recorder-model'],
  ],
  'ledger/lane': [
    ...['ledger/check-lane-size', 'ledger/counted-in', 'ledger/silence', 'ledger/lane-listing'],
    ...['ledger/lane-fold', 'ledger/lane-readings', 'ledger/lane-idle-pairs', 'ledger/check-boot-size'],
    ...['ledger/lane-rates', 'routing/edge-clocks'],
  ],
  'routing/health': [
    ...['routing/health-score', 'routing/settled-score', 'routing/passive-loss', 'routing/has-moved'],
    ...['routing/explain-choice', 'routing/routing-decision'],
  ],
  'routing/choice': ['routing/explain-choice', 'routing/routing-decision'],
};

/**
 * The rooms without storage and processes: their tests take milliseconds, so that every mutant can
 * be tested.
 */
export const MUTATION_ROOMS: readonly MutationRoom[] = PURE.filter(room => !(room in WITHOUT_LINES)).map(
  room => ({ room, floor: FLOORS[room], tests: TESTS[room] ?? [] }),
);

/** The pattern of the sources of a room, which is a folder or a file. */
export function sourcesOf(room: string): string {
  return existsSync(`core/${room}.ts`) ? `core/${room}.ts` : `core/${room}/**/*.ts`;
}

/** The patterns of the test files of a folder or file of `test/unit`. */
export function testFilesOf(name: string): string {
  return existsSync(`test/unit/${name}.test.ts`)
    ? `test/unit/${name}.test.ts`
    : `test/unit/${name}/**/*.test.ts`;
}

/** The room of a file such as `core/policy/policy.ts`; undefined where none of them has it. */
export function roomOf(file: string): string | undefined {
  return MUTATION_ROOMS.find(({ room }) => file === `core/${room}.ts` || file.startsWith(`core/${room}/`))
    ?.room;
}
