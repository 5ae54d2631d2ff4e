import { expect, it } from 'vitest';
import { ValidationError } from '../../../core/errors.ts';
import { MAX_ENDPOINTS } from '../../../core/policy/flow-key.ts';
import { Recorder } from '../../../core/recorder/recorder.ts';

it('counts 32,768 endpoints at most, and each of them under one index', () => {
  const recorder = new Recorder({ endpoint_id: 'wan0' });
  const indexes = Array.from({ length: MAX_ENDPOINTS }, (_, index) => recorder.endpointIndex(`wan${index}`));
  expect(indexes).toEqual(indexes.map((_, index) => index));
  expect(recorder.endpointIndex('wan7')).toBe(7);
  expect(() => recorder.endpointIndex('another')).toThrow(
    new ValidationError('A recorder counts at most 32768 endpoints.'),
  );
});
