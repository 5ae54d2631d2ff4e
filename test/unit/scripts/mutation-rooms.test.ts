import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  FLOORS,
  MUTATION_ROOMS,
  roomOf,
  sourcesOf,
  testFilesOf,
  WITHOUT_LINES,
} from '../../../scripts/mutation/mutation-rooms.ts';
import { PURE } from '../../../scripts/rooms.ts';
import { projectFile } from '../../support/project-files.ts';

const filesOf = (pattern: string): string[] => globSync(pattern, { cwd: projectFile('') });

describe('the rooms of mutation tests', () => {
  it('are all pure rooms, except those without lines to break', () => {
    const left = PURE.filter(room => !Object.keys(WITHOUT_LINES).includes(room));
    expect(MUTATION_ROOMS.map(({ room }) => room)).toEqual(left);
    expect(Object.keys(WITHOUT_LINES).filter(room => !PURE.includes(room))).toEqual([]);
  });

  it.each(MUTATION_ROOMS)('$room has sources and tests', ({ room, tests }) => {
    expect(filesOf(sourcesOf(room))).not.toEqual([]);
    expect(tests).not.toEqual([]);
    expect(tests.filter(name => filesOf(testFilesOf(name)).length === 0)).toEqual([]);
  });

  it('include all rooms with a floor', () => {
    const rooms = MUTATION_ROOMS.filter(({ floor }) => floor !== undefined).map(({ room }) => room);
    expect(rooms.sort()).toEqual(Object.keys(FLOORS).sort());
  });

  it.each([
    ['core/errors.ts', 'errors'],
    ['core/ledger/lane/lane.ts', 'ledger/lane'],
    ['core/ledger/figures/counters.ts', undefined],
    ['core/reporting/x.ts', undefined],
    ['core/policy', undefined],
    ['edge/errors.ts', undefined],
  ])('%s belongs to room %s', (file, room) => {
    expect(roomOf(file)).toBe(room);
  });
});
