import { describe, expect, it } from 'vitest';
import type { LambdaFunction } from '../../../local/lambda/lambda-function.ts';
import type { MadeResources } from '../../../local/resources/resource-type.ts';
import { findFunction, functionAt, lambdaAlias } from '../../../local/resources/types/lambda-alias.ts';
import { lambdaFunction } from '../../../local/resources/types/lambda-function.ts';

const ARN = 'arn:aws:lambda:eu-central-1:000000000000:function';
const ingest = { name: 'ingest', arn: `${ARN}:ingest` } as LambdaFunction;
const cleanup = { name: 'cleanup', arn: `${ARN}:cleanup` } as LambdaFunction;
const values = new Map<string, unknown[]>([
  [lambdaFunction.type, [ingest, cleanup]],
  [lambdaAlias.type, [{ alias: 'live', target: ingest }]],
]);
const made = {
  all: ({ type }: { type: string }) => (values.get(type) ?? []).map(value => ({ value })),
} as unknown as MadeResources;

describe('a function', () => {
  it.each([
    ['ingest', ingest],
    [`${ARN}:ingest`, ingest],
    ['ingest:live', ingest],
    [`${ARN}:ingest:live`, ingest],
    ['cleanup', cleanup],
    ['cleanup:live', undefined],
    ['ingest:other', undefined],
    [`${ARN}:ingest:`, undefined],
  ])('called %s is found by its name and by its alias', (name, found) => {
    expect(findFunction(made, name)).toBe(found);
  });

  it('in no template is an error', () => {
    expect(() => functionAt(made, 'cleanup:live')).toThrow(
      'The template calls cleanup:live, which is not one of its functions.',
    );
  });
});
