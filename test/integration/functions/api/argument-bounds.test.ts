import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OperationName, ROLES } from '../../../../core/access/roles.ts';
import { refusalPartition } from '../../../../core/audit/audit-keys.ts';
import type { Answer } from '../../../../functions/api/answer.ts';
import { OPERATION_ARGUMENTS } from '../../../../graphql/arguments.generated.ts';
import { type ApiUnderTest, machine, makeApi, personIn } from '../../../support/api.ts';
import { itemBytes } from '../../../support/item-bytes.ts';
import { bareType, fieldsOfInput, soundArguments, soundValue } from '../../../support/sound-arguments.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const HUGE = 'x'.repeat(400_000);
const MAX_MESSAGE = 1000;
const MAX_ENTRY_BYTES = 8192;

const HOSTILE_TEXTS = {
  empty: '',
  huge: HUGE,
  'of control characters': '\u0000\u001b[2J\r\n',
  'half a character': '\ud83d',
} as const;

const WRONG_TYPES = {
  'a number': 42,
  'an object': { a: { b: { c: { d: HUGE } } } },
  'a list of 90,000': Array.from({ length: 90_000 }, () => HUGE),
  'a switch': true,
} as const;

const operations = Object.keys(ROLES) as OperationName[];
interface Place {
  operation: OperationName;
  /** The names that lead to the argument, from the outermost on. */
  path: string[];
  type: string;
}

/**
 * Each argument of an operation that is a text, a list or an input, and the fields of its inputs.
 */
function placesOf(operation: OperationName): Place[] {
  const within = (fields: Record<string, string>, path: string[]): Place[] =>
    Object.entries(fields).flatMap(([name, type]) => {
      const inner = fieldsOfInput(type);
      return [{ operation, path: [...path, name], type }, ...(inner ? within(inner, [...path, name]) : [])];
    });
  return within(OPERATION_ARGUMENTS[operation], []);
}

const isList = (type: string) => type.startsWith('[');
const isNumber = (type: string) => ['Int', 'Float', 'Boolean'].includes(bareType(type));

/** Valid arguments, except for `value` in one place. */
function argumentsWith({ operation, path }: Place, value: unknown): Record<string, unknown> {
  const set = (
    given: Record<string, unknown>,
    fields: Record<string, string>,
    [name, ...rest]: string[],
  ): Record<string, unknown> => {
    if (rest.length === 0) return { ...given, [name!]: value };
    const inner = fieldsOfInput(fields[name!]!)!;
    return { ...given, [name!]: set(soundArguments(inner), inner, rest) };
  };
  const fields = OPERATION_ARGUMENTS[operation];
  return set(soundArguments(fields), fields, path);
}

let t: TestTables;
let api: ApiUnderTest;

beforeAll(async () => {
  t = await createTables();
  api = makeApi(t);
});

afterAll(() => t.drop());

const MACHINES_ONLY = operations.filter(operation => ROLES[operation].people === null);

function call(operation: OperationName, args: unknown): Promise<Answer> {
  // Each refusal is the first of its minute.
  api.now += 60_000;
  const identity = MACHINES_ONLY.includes(operation) ? machine : personIn('admin');
  return api.call(operation, args, { identity });
}

function expectBounded(answered: Answer, types: readonly string[]): void {
  const shown = JSON.stringify(answered).slice(0, 300);
  expect(types, shown).toContain('error' in answered ? answered.error.type : 'data');
  if ('error' in answered) expect(answered.error.message.length, shown).toBeLessThanOrEqual(MAX_MESSAGE);
}

describe.each(operations)('%s', operation => {
  const places = placesOf(operation);

  const texts = places.filter(({ type }) => !(isList(type) || isNumber(type) || fieldsOfInput(type)));
  it.runIf(texts.length > 0)('rejects text that is empty, huge or unprintable, by its type', async () => {
    for (const place of texts) {
      for (const [kind, text] of Object.entries(HOSTILE_TEXTS)) {
        const answered = await call(operation, argumentsWith(place, text));
        const strict = bareType(place.type) !== 'String' || ['huge', 'half a character'].includes(kind);
        expectBounded(
          answered,
          strict ? ['ValidationError'] : ['ValidationError', 'NotFound', 'Unauthorized', 'data'],
        );
      }
    }
  });

  it.runIf(places.length > 0)('rejects a value of another type', async () => {
    for (const place of places) {
      for (const value of Object.values(WRONG_TYPES)) {
        if (typeof value === 'number' && ['Int', 'Float'].includes(bareType(place.type))) continue;
        if (typeof value === 'boolean' && bareType(place.type) === 'Boolean') continue;
        if ('a' in Object(value) && fieldsOfInput(place.type)) continue;
        expectBounded(await call(operation, argumentsWith(place, value)), ['ValidationError']);
      }
    }
  });

  it.runIf(places.length > 0)('rejects lists of 90,000 entries', async () => {
    for (const place of places.filter(({ type }) => isList(type))) {
      const entry = soundValue(place.type.replace(/^\[(.*)\]!?$/, '$1'));
      const value = Array.from({ length: 90_000 }, () => entry);
      expectBounded(await call(operation, argumentsWith(place, value)), ['ValidationError']);
    }
  });
});

it('answers arguments of any shape with data or a planned refusal', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...operations), fc.jsonValue(), async (operation, args) => {
      expectBounded(await call(operation, args), [
        'ValidationError',
        'NotFound',
        'Unauthorized',
        'Conflict',
        'data',
      ]);
    }),
    { numRuns: 300 },
  );
});

it('handles every refusal without failure, with audit entries of at most 8 KB', async () => {
  expect(api.reported).toEqual([]);
  const entries = await refusals();
  expect(entries.length).toBeGreaterThan(300);
  expect(Math.max(...entries.map(itemBytes))).toBeLessThan(MAX_ENTRY_BYTES);
});

async function refusals(): Promise<Record<string, unknown>[]> {
  const pages = paginateQuery(
    { client: t.client },
    {
      TableName: t.tables.audit,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': refusalPartition('2026-03') },
    },
  );
  const found: Record<string, unknown>[] = [];
  for await (const { Items = [] } of pages) found.push(...Items);
  return found;
}
