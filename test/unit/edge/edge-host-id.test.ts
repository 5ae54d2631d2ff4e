import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isEdgeId } from '../../../core/access/edge-identity.ts';
import { hostEdgeId } from '../../../edge/cli/option-values.ts';

it.each([
  ['berlin-1.example.com', 'berlin-1.example.com'],
  ['Zürich: 1', 'Z-rich-1'],
  ['x', 'edge-x'],
  ['', 'edge'],
  ['x'.repeat(65), 'x'.repeat(64)],
])('a machine that is called %j reports as %s', (name, id) => {
  expect(hostEdgeId(name)).toBe(id);
});

it('is an id that may be registered, whatever the machine is called', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), name => isEdgeId(hostEdgeId(name))));
});
