import { existsSync } from 'node:fs';
import { PURE } from '../rooms.ts';

/** Rooms that count or decide what is billed: so many per cent of the broken lines must be noticed. */
export const FLOORS: Record<string, number> = {
  'ledger/lane': 85,
  policy: 85,
  recorder: 85,
  report: 85,
};

/** A room whose lines can be broken, by the folder or file that it is. */
export interface MutationRoom {
  room: string;
  /** The least score, per cent; undefined: it is measured only. */
  floor: number | undefined;
}

/** The rooms without storage and processes: their tests take milliseconds, so that each line can be broken. */
export const MUTATION_ROOMS: readonly MutationRoom[] = PURE.map(room => ({ room, floor: FLOORS[room] }));

/** The pattern of the sources of a room, which is a folder or a file. */
export function sourcesOf(room: string): string {
  return existsSync(`core/${room}.ts`) ? `core/${room}.ts` : `core/${room}/**/*.ts`;
}

/** The room of a file such as `core/policy/policy.ts`; undefined where none of them has it. */
export function roomOf(file: string): string | undefined {
  return MUTATION_ROOMS.find(({ room }) => file === `core/${room}.ts` || file.startsWith(`core/${room}/`))
    ?.room;
}
