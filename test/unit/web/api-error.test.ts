import { expect, it } from 'vitest';
import { ApiError } from '../../../web/data/errors.ts';

const REQUEST = '1f3a0f0e-0f5e-4b51-9f0c-3f1c7b9d2a11';

it.each([
  ['Internal', REQUEST, `Something went wrong on our side. Request ${REQUEST}.`],
  ['Internal', null, 'Something went wrong on our side.'],
  ['NotFound', REQUEST, 'Something went wrong on our side.'],
])('names the request of an error: %s, %s', (errorType, request_id, message) => {
  const entries = [{ message: 'Something went wrong on our side.', errorType }];
  expect(new ApiError(entries, request_id).message).toBe(message);
});
