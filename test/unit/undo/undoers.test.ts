import { describe, expect, it } from 'vitest';
import { ROLES } from '../../../core/access/roles.ts';
import { PERSONAL_OPERATIONS } from '../../../core/audit/audit-entry.ts';
import { isUndoer } from '../../../core/undo/undoer.ts';
import { UNDOERS } from '../../../core/undo/undoers.ts';

const mutations = Object.keys(ROLES)
  .filter(name => name.startsWith('Mutation.'))
  .map(name => name.slice('Mutation.'.length))
  .filter(name => !(PERSONAL_OPERATIONS as readonly string[]).includes(name));

describe('the undoers', () => {
  it.each(mutations)('undo %s, or give an alternative', mutation => {
    const row = (UNDOERS as Record<string, (typeof UNDOERS)[keyof typeof UNDOERS]>)[mutation];
    expect(row).toBeDefined();
    if (!isUndoer(row!)) expect(row!.why).toMatch(/^[A-Z].*\.$/);
  });

  it('need the role of the operation itself', () => {
    for (const [operation, row] of Object.entries(UNDOERS)) {
      if (isUndoer(row) && mutations.includes(operation)) expect(row.role).toBe(`Mutation.${operation}`);
    }
  });
});
