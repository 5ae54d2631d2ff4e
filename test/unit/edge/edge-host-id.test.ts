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
])('turns the machine name %j into the id %s', (name, id) => {
  expect(hostEdgeId(name)).toBe(id);
});

it('makes a valid id of any machine name', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), name => isEdgeId(hostEdgeId(name))));
});
