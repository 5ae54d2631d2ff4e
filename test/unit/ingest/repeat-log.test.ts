import { expect, it } from 'vitest';
import { RepeatLog } from '../../../core/ingest/repeat-log.ts';

it('the reason of a retry is logged once for each kind of failure', () => {
  const logged: [string, object | undefined][] = [];
  const log = new RepeatLog({ warn: (text, details) => logged.push([text, details]) });
  const cause = new Error('busy');
  const conflict = (index: number) => ({ index, code: 'TransactionConflict' });
  log.note('It is retried.', { kind: 'conflict', reasons: [conflict(0), conflict(3)], cause });
  log.note('It is retried.', { kind: 'conflict', reasons: [conflict(1)], cause });
  log.note('It is retried.', { kind: 'throttled', reasons: [], cause });
  log.note('It is retried.', { kind: 'conflict', reasons: [], cause });
  expect(logged).toEqual([
    ['It is retried.', { failure: 'conflict', codes: ['TransactionConflict'], cause }],
    ['It is retried.', { failure: 'throttled', cause }],
  ]);
});
