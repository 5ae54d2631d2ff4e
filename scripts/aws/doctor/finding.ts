/** The result of one check. */
export interface Finding {
  /** The subject of the check, in a word or two. */
  check: string;
  /** `ok`; `note`: works, but could be improved; `wrong`: does not work, or will not. */
  level: 'ok' | 'note' | 'wrong';
  says: string;
  /** What to do about it; null: nothing. */
  todo: string | null;
}

export const ok = (check: string, says: string): Finding => ({ check, level: 'ok', says, todo: null });

export const note = (check: string, says: string, todo: string): Finding => ({
  check,
  level: 'note',
  says,
  todo,
});

export const wrong = (check: string, says: string, todo: string): Finding => ({
  check,
  level: 'wrong',
  says,
  todo,
});

const MARKS = { ok: '✓', note: '!', wrong: '✗' } as const;

/** A finding as text, with the advice below it. */
export function findingText({ check, level, says, todo }: Finding): string {
  const line = `${MARKS[level]} ${check}: ${says}\n`;
  return todo === null ? line : `${line}    ${todo}\n`;
}
