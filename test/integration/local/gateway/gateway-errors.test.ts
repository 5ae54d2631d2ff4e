import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../../../support/gateway/test-gateway.ts';

let server: TestGateway;

const SITE = {
  id: 's-1',
  name: 'Berlin',
  at: '2026-01-31T12:00:00Z',
  peers: [{ id: 's-2', name: 'Oslo' }],
  note: 'n',
};

beforeAll(async () => {
  server = await startTestGateway({
    answers: {
      'Query.site': ({ arguments: { id } }) =>
        id === 's-1'
          ? { data: SITE }
          : { error: { type: 'NotFound', message: `There is no site ${id}. List them with sites.` } },
      'Query.sites': () => ({ data: [SITE, { id: 's-3', name: null }] }),
      'Query.fails': () => {
        throw new Error('ECONNREFUSED table Network-17');
      },
      'Query.wrong': ({ selection }) => ({
        data: {
          number: 'seven',
          day: '2026-02-30',
          list: 5,
          object: 'text',
          order: 'COLOR',
          rows: [{ id: '1', name: 'a' }, null],
          ...(selection.includes('needed') && { needed: null }),
        },
      }),
      'Mutation.createSite': ({ arguments: args }) => ({ data: { id: 's-9', name: args.name } }),
      'Mutation.deleteSite': () => ({ data: { success: true } }),
      'Query.secret': () => ({ data: 'known to admins' }),
    },
  });
});
afterAll(() => server.stop());

describe('a request that does not fit the schema is answered with status 200 and a ValidationError', () => {
  const validation = (message: string, line: number, column: number) => ({
    data: null,
    errors: [
      {
        path: null,
        data: null,
        errorType: 'ValidationError',
        errorInfo: null,
        locations: [{ line, column, sourceName: null }],
        message,
      },
    ],
  });

  it.each([
    ['{ nothing }', "FieldUndefined: Field 'nothing' in type 'Query' is undefined @ 'nothing'", 1, 3],
    [
      '{ site(id: 1) { nothing } }',
      "FieldUndefined: Field 'nothing' in type 'Site' is undefined @ 'site/nothing'",
      1,
      17,
    ],
    ['{ site(id: 1, x: 2) { id } }', "UnknownArgument: Unknown field argument x @ 'site'", 1, 15],
    ['{ site { id } }', "MissingFieldArgument: Missing field argument id @ 'site'", 1, 3],
    [
      '{ site(id: 1) }',
      "SubSelectionRequired: Sub selection required for type Site of field site @ 'site'",
      1,
      3,
    ],
    [
      '{ me { id } }',
      "SubSelectionNotAllowed: Sub selection not allowed on leaf type AWSJSON of field me @ 'me'",
      1,
      6,
    ],
    [
      '{ sites(limit: "x") { id } }',
      "WrongType: argument 'limit' with value 'StringValue{value='x'}' is not a valid 'Int' @ 'sites'",
      1,
      16,
    ],
    [
      '{ sites(order: SIZE) { id } }',
      "WrongType: argument 'order' with value 'EnumValue{name='SIZE'}' is not a valid 'Order' @ 'sites'",
      1,
      16,
    ],
    [
      '{ sites(filter: {count: 1}) { id } }',
      "WrongType: argument 'filter' with value 'ObjectValue{objectFields=[ObjectField{name='count', value=IntValue{value=1}}]}' is missing required fields '[name]' @ 'sites'",
      1,
      17,
    ],
    [
      '{ sites(filter: {name: "a", size: 1}) { id } }',
      "WrongType: argument 'filter' contains a field not in 'SiteFilter': 'size' @ 'sites'",
      1,
      29,
    ],
    [
      '{ sites(filter: {name: "a", inner: {name: 5}}) { id } }',
      "WrongType: argument 'filter.inner.name' with value 'IntValue{value=5}' is not a valid 'String' @ 'sites'",
      1,
      43,
    ],
    [
      '{ site(id: null) { id } }',
      "WrongType: argument 'id' with value 'NullValue{}' must not be null @ 'site'",
      1,
      12,
    ],
    [
      'mutation { createSite(name: "a", at: "31.1.2026") { id } }',
      "WrongType: argument 'at' with value 'StringValue{value='31.1.2026'}' is not a valid 'AWSDateTime' @ 'createSite'",
      1,
      38,
    ],
    ['query ($x: Nowhere) { me }', 'UnknownType: Unknown type Nowhere', 1, 12],
    ['{ ...nowhere }', 'UndefinedFragment: Undefined fragment nowhere', 1, 6],
    ['{ site(id: $id) { id } }', "UndefinedVariable: Undefined variable id @ 'site'", 1, 12],
    ['query ($id: ID) { me }', 'UnusedVariable: Unused variable id', 1, 8],
    ['{ me } fragment f on Site { id }', 'UnusedFragment: Unused fragment f', 1, 8],
    [
      'query ($id: Int) { site(id: $id) { id } }',
      "VariableTypeMismatch: Variable type 'Int' doesn't match expected type 'ID!' @ 'site'",
      1,
      8,
    ],
    ['{ me @nowhere }', "UnknownDirective: Unknown directive nowhere @ 'me'", 1, 6],
  ])('%s', async (query, message, line, column) => {
    const { errors } = validation(`Validation error of type ${message}`, line, column);
    const answer = (await server.query(query)) as { data: null; errors: object[] };
    expect(answer.data).toBeNull();
    expect(answer.errors).toContainEqual(errors[0]);
  });

  it('names only the wrong part', async () => {
    expect(await server.query('{\n  nothing\n}')).toEqual(
      validation(
        "Validation error of type FieldUndefined: Field 'nothing' in type 'Query' is undefined @ 'nothing'",
        2,
        3,
      ),
    );
  });

  it.each([
    [
      'query ($id: ID!) { site(id: $id) { id } }',
      {},
      "Variable 'id' has coerced Null value for NonNull type 'ID!'",
    ],
    [
      'query ($id: ID!) { site(id: $id) { id } }',
      { id: null },
      "Variable 'id' has coerced Null value for NonNull type 'ID!'",
    ],
    [
      'query ($n: Int) { sites(limit: $n) { id } }',
      { n: 'x' },
      `Variable 'n' has an invalid value. Int cannot represent non-integer value: "x"`,
    ],
    [
      'query ($n: Int) { sites(limit: $n) { id } }',
      { n: 2 ** 31 },
      "Variable 'n' has an invalid value. Int cannot represent non 32-bit signed integer value: 2147483648",
    ],
    [
      'query ($o: Order) { sites(order: $o) { id } }',
      { o: 'SIZE' },
      "Variable 'o' has an invalid value. Invalid input for Enum 'Order'. No value found for name 'SIZE'",
    ],
    [
      'query ($f: SiteFilter) { sites(filter: $f) { id } }',
      { f: { count: 1 } },
      "Variable 'f' has coerced Null value for NonNull type 'String!'",
    ],
    [
      'query ($f: SiteFilter) { sites(filter: $f) { id } }',
      { f: { name: null } },
      "Variable 'f' has coerced Null value for NonNull type 'String!'",
    ],
    [
      'mutation ($at: AWSDateTime) { createSite(name: "a", at: $at) { id } }',
      { at: 'x' },
      "Variable 'at' has an invalid value. Unable to parse `x` as a valid DateTime Object.",
    ],
  ])('%s with %j', async (query, variables, message) => {
    const answer = (await server.query(query, { variables })) as { errors: { locations: unknown }[] };
    const { locations } = answer.errors[0]!;
    expect(answer).toEqual({
      data: null,
      errors: [{ path: null, data: null, errorType: 'ValidationError', errorInfo: null, locations, message }],
    });
  });

  it('reports an undefined field of a variable without a location', async () => {
    const query = 'query ($f: SiteFilter) { sites(filter: $f) { id } }';
    expect(await server.query(query, { variables: { f: { name: 'a', size: 1 } } })).toEqual({
      data: null,
      errors: [
        {
          path: null,
          data: null,
          errorType: 'ValidationError',
          errorInfo: null,
          locations: null,
          message:
            "The variables input contains a field that is not defined for input object type 'SiteFilter' ",
        },
      ],
    });
  });
});

describe('a field that fails', () => {
  it('shows the error of the function like util.error', async () => {
    expect(await server.query('{ site(id: "s-7") { id } }')).toEqual({
      data: { site: null },
      errors: [
        {
          path: ['site'],
          data: null,
          errorType: 'NotFound',
          errorInfo: null,
          locations: [{ line: 1, column: 3, sourceName: null }],
          message: 'There is no site s-7. List them with sites.',
        },
      ],
    });
  });

  it('has errorInfo for programs', async () => {
    const fields = [{ argument: 'id', message: 'id must be a UUID.', allowed: 'a UUID' }];
    const refused = { error: { type: 'ValidationError', message: 'id must be a UUID.', info: { fields } } };
    const other = await startTestGateway({ answers: { 'Query.site': () => refused } });
    try {
      expect(await other.query('{ site(id: "s") { id } }')).toMatchObject({
        errors: [{ errorType: 'ValidationError', errorInfo: { fields }, message: 'id must be a UUID.' }],
      });
    } finally {
      await other.stop();
    }
  });

  it('is Internal if the function fails, without the reason', async () => {
    const answer = await server.query('{ fails }');
    expect(answer).toEqual({
      data: { fails: null },
      errors: [
        {
          path: ['fails'],
          data: null,
          errorType: 'Internal',
          errorInfo: null,
          locations: [{ line: 1, column: 3, sourceName: null }],
          message: 'Something went wrong on our side. Try again; if it goes on, tell us when it happened.',
        },
      ],
    });
    expect(server.log.at(-1)).toEqual({
      message: 'Function failed',
      details: { field: 'fails', error: 'Error: ECONNREFUSED table Network-17' },
    });
  });

  it('is refused to people outside the group, and the other fields are returned', async () => {
    const query = '{ secret site(id: "s-1") { id note } }';
    const refused = (path: string[], column: number, message: string) => ({
      path,
      data: null,
      errorType: 'Unauthorized',
      errorInfo: null,
      locations: [{ line: 1, column, sourceName: null }],
      message,
    });
    expect(await server.query(query)).toEqual({
      data: { secret: null, site: { id: 's-1', note: null } },
      errors: [
        refused(['secret'], 3, 'Not Authorized to access secret on type Query'),
        refused(['site', 'note'], 31, 'Not Authorized to access note on type Site'),
      ],
    });
    expect(await server.query(query, { groups: ['admin'] })).toEqual({
      data: { secret: 'known to admins', site: { id: 's-1', note: 'n' } },
    });
  });

  it('makes the whole answer null if it may not be null itself', async () => {
    expect(await server.query('mutation { deleteSite(site_id: "s-1") { success } }')).toEqual({
      data: { deleteSite: null },
      errors: [expect.objectContaining({ message: 'Not Authorized to access deleteSite on type Mutation' })],
    });
    expect(await server.query('{ sites { id name } }')).toEqual({
      data: null,
      errors: [
        {
          path: ['sites', 1, 'name'],
          data: null,
          errorType: null,
          errorInfo: null,
          locations: null,
          message: "Cannot return null for non-nullable type: 'String' within parent 'Site' (/sites[1]/name)",
        },
      ],
    });
  });

  it.each([
    ['number', 'Can\'t serialize value (/wrong/number) : Int cannot represent non-integer value: "seven"'],
    ['day', "Can't serialize value (/wrong/day) : Unable to serialize `2026-02-30` as a valid date."],
    ['list', "Can't resolve value (/wrong/list) : type mismatch error, expected type LIST"],
    ['object { id }', "Can't resolve value (/wrong/object) : type mismatch error, expected type OBJECT"],
    ['order', 'Can\'t serialize value (/wrong/order) : Enum "Order" cannot represent value: "COLOR"'],
    [
      'rows { id }',
      "Cannot return null for non-nullable type: 'Site' within parent 'Wrong' (/wrong/rows[1])",
    ],
    ['needed', "Cannot return null for non-nullable type: 'String' within parent 'Wrong' (/wrong/needed)"],
  ])('describes the error of a value of the wrong type: %s', async (field, message) => {
    const { errors } = (await server.query(`{ wrong { ${field} } }`)) as { errors: object[] };
    expect(errors).toEqual([expect.objectContaining({ message, data: null, errorInfo: null })]);
  });
});
