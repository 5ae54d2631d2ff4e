import { expect, it } from 'vitest';
import { SCHEMA_IS_HIDDEN, saidOnce } from '../../../web/graphiql/hidden-schema.ts';

const refused = { data: null, errors: [{ message: 'Introspection is disabled for this API.' }] };

it('reports a hidden schema in GraphiQL once, and shows every other answer unchanged', () => {
  expect(saidOnce('IntrospectionQuery', refused)).toBe(SCHEMA_IS_HIDDEN);
  const schema = { data: { __schema: {} } };
  expect(saidOnce('IntrospectionQuery', schema)).toBe(schema);
  expect(saidOnce('Mine', refused)).toBe(refused);
  expect(saidOnce(undefined, refused)).toBe(refused);
});
