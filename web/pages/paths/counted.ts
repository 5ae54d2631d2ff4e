import { count } from '../../parts/format.ts';

/** "1 path", "2 paths". */
export function counted(number: number, [one, many]: readonly [string, string]): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}
