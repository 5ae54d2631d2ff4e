import { describe, expect, it } from 'vitest';
import { classifyFailure, UnstorableInput } from '../../../core/storage/failure.ts';
import { cancelled, named } from '../../support/sdk-errors.ts';

describe('a failed call', () => {
  it.each([
    ['ConditionalCheckFailedException', 'condition'],
    ['TransactionConflictException', 'conflict'],
    ['ProvisionedThroughputExceededException', 'throttled'],
    ['RequestLimitExceeded', 'throttled'],
    ['ThrottlingException', 'throttled'],
    ['ValidationException', 'validation'],
    ['TimeoutError', 'unknown'],
    ['InternalServerError', 'unknown'],
    ['TransactionInProgressException', 'unknown'],
    ['ResourceNotFoundException', 'fatal'],
    ['AccessDeniedException', 'fatal'],
    ['TypeError', 'fatal'],
  ])('by %s is %s', (name, kind) => {
    const cause = named(name);
    expect(classifyFailure(cause)).toEqual({ kind, reasons: [], cause });
  });

  it.each([
    ['by the code of a system call', named('Error', { code: 'ECONNRESET' }), 'unknown'],
    ['with status 500', named('New', { $metadata: { httpStatusCode: 500 } }), 'unknown'],
    ['with status 499', named('New', { $metadata: { httpStatusCode: 499 } }), 'fatal'],
    ['by an input that makes no item', new UnstorableInput(new Error('n')), 'validation'],
    ['by nothing', undefined, 'fatal'],
    ['by a text', 'TimeoutError', 'fatal'],
  ])('%s is classified', (_how, cause, kind) => {
    expect(classifyFailure(cause).kind).toBe(kind);
  });
});

describe('a cancelled transaction', () => {
  it.each([
    // Repeating it cannot help, whatever the other reasons are.
    [['TransactionConflict', 'ConditionalCheckFailed', 'ValidationError'], 'validation'],
    [['ConditionalCheckFailed', 'ItemCollectionSizeLimitExceeded'], 'validation'],
    // Reading again, as after a failed condition, also helps after a conflict; the reverse is not
    // true.
    [['TransactionConflict', 'ConditionalCheckFailed'], 'condition'],
    [['ConditionalCheckFailed', 'None', 'TransactionConflict'], 'condition'],
    [['ThrottlingError', 'ConditionalCheckFailed'], 'condition'],
    [['ThrottlingError', 'TransactionConflict'], 'conflict'],
    [['ThrottlingError', 'None'], 'throttled'],
    [['ProvisionedThroughputExceeded'], 'throttled'],
    [['SomethingNew'], 'unknown'],
    [['None', 'None'], 'unknown'],
  ])('for %j is %s', (codes, kind) => {
    expect(classifyFailure(cancelled(...codes)).kind).toBe(kind);
  });

  it('names the actions with a reason, and the items found there', () => {
    const Item = { pk: { S: 'a' } };
    const cause = named('TransactionCanceledException', {
      CancellationReasons: [
        { Code: 'None' },
        {},
        { Code: 'ConditionalCheckFailed', Item },
        { Code: 'TransactionConflict' },
      ],
    });
    expect(classifyFailure(cause)).toEqual({
      kind: 'condition',
      reasons: [
        { index: 2, code: 'ConditionalCheckFailed', item: Item },
        { index: 3, code: 'TransactionConflict' },
      ],
      cause,
    });
  });

  it('without reasons may or may not have been written', () => {
    expect(classifyFailure(named('TransactionCanceledException'))).toMatchObject({
      kind: 'unknown',
      reasons: [],
    });
  });
});
