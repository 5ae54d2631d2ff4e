import { z } from 'zod';
import type { Setting } from '../../core/alarms/settings/setting.ts';
import { compareKeys } from '../../core/storage/key-order.ts';
import { makePageToken, readPageToken } from '../../core/storage/page-token.ts';
import { wholeNumber } from './whole-number.ts';

/** `limit` and `next_token` of the settings of alarms; one page can hold all of them. */
export const settingPage = {
  limit: wholeNumber('limit', { max: 500, fallback: 100 }),
  next_token: z.string().nullish(),
};

/**
 * A page of settings in the order of their ids, which is the order of creation.
 * @throws ValidationError for a broken token
 */
export function pageOfSettings<T extends Setting>(
  { query: kind }: { query: string },
  all: readonly T[],
  { limit, next_token }: { limit: number; next_token?: string | null | undefined },
): { items: T[]; total: number; next_token: string | null } {
  const [after] = readPageToken(kind, next_token, [/^.{1,64}$/su]) ?? [];
  const left = after === undefined ? all : all.filter(({ id }) => compareKeys(id, after) > 0);
  const items = left.slice(0, limit);
  const more = left.length > items.length;
  return { items, total: all.length, next_token: more ? makePageToken(kind, [items.at(-1)!.id]) : null };
}
