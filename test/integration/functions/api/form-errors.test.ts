import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokenRules } from '../../../../core/errors.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const SITE = '550e8400-e29b-41d4-a716-446655440000';
const NAME_RULE = 'name must be 1 to 100 characters on one line, without control characters.';

describe('a refused request', () => {
  let tables: TestTables;
  let api: ApiUnderTest;

  beforeAll(async () => {
    tables = await createTables();
    api = makeApi(tables);
  });
  afterAll(() => tables.drop());

  /** The error of an answer, as the shared resolver receives it. */
  async function refusal(operation: string, args: object): Promise<unknown> {
    const [type, field] = operation.split('.') as [string, string];
    const answered = await api.answer({
      type,
      field,
      arguments: args,
      identity: personIn('admin'),
      selection: [],
    });
    return 'error' in answered ? answered.error : answered;
  }

  it('names every argument that breaks a rule of the inventory, with the allowed values', async () => {
    expect(await refusal('Mutation.createPolicy', { name: '', priority: 1001 })).toEqual({
      type: 'ValidationError',
      message: `${NAME_RULE} priority must be a whole number from 0 to 1000.`,
      info: {
        fields: [
          {
            argument: 'name',
            message: NAME_RULE,
            allowed: '1 to 100 characters on one line, without control characters',
          },
          {
            argument: 'priority',
            message: 'priority must be a whole number from 0 to 1000.',
            allowed: 'a whole number from 0 to 1000',
          },
        ],
      },
    });
  });

  it('has the same errors for checks in core and at the border', async () => {
    const ofCore = await refusal('Mutation.updateSite', { site_id: SITE, name: ' ' });
    expect(ofCore).toMatchObject({ info: { fields: [{ argument: 'name', message: NAME_RULE }] } });

    const rule = 'name must have at most 1024 characters.';
    expect(await refusal('Mutation.updateSite', { site_id: SITE, name: 'x'.repeat(1025) })).toEqual({
      type: 'ValidationError',
      message: rule,
      info: { fields: [{ argument: 'name', message: rule, allowed: 'at most 1024 characters' }] },
    });
  });

  it('gives the path of a part of an argument', async () => {
    const match = { source: 'no network' };
    expect(
      await refusal('Mutation.createPolicy', {
        name: 'n',
        priority: 1,
        match: { source_cidr: 'x', ...match },
      }),
    ).toMatchObject({ info: { fields: [{ argument: 'match.source_cidr' }] } });
  });

  it('names both ends of a range in the wrong order', async () => {
    const range = { from: '2026-03-15T11:00:00Z', to: '2026-03-15T10:00:00Z' };
    const message =
      'from (2026-03-15T11:00:00.000Z) is not before to (2026-03-15T10:00:00.000Z): choose an earlier from or a later to.';
    expect(await refusal('Query.trafficHistory', range)).toEqual({
      type: 'ValidationError',
      message,
      info: {
        fields: [
          { argument: 'from', message, allowed: null },
          { argument: 'to', message, allowed: null },
        ],
      },
    });
  });

  it('names no argument if the rule is about none', async () => {
    expect(await refusal('Mutation.updateSite', { site_id: SITE })).toEqual({
      type: 'ValidationError',
      message: 'Give at least one of name, location, latitude with longitude, and public_key to change.',
    });
  });

  it('gives the position in a list', async () => {
    const refused = await refusal('Mutation.deleteSites', { site_ids: [SITE, 'no uuid'] });
    expect(refused).toMatchObject({ info: { fields: [{ argument: 'site_ids.1' }] } });
  });
});

it('limits the errors of 60 wrong arguments to ten sentences and fifty arguments', () => {
  const rules = Array.from({ length: 60 }, (_, index) => ({ path: [`a${index}`], message: 'must be b' }));
  const error = brokenRules(rules);
  expect(error.fields).toHaveLength(50);
  expect(error.fields[49]).toEqual({ argument: 'a49', message: 'a49 must be b.', allowed: 'b' });
  expect(error.message).toMatch(/^a0 must be b\. .*a9 must be b\. 50 more rules are broken\.$/);
});
