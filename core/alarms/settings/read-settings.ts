import { z } from 'zod';
import { parseItem, readItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { queryAll } from '../../storage/strong-reads.ts';
import { isMeta, metaKey, noSetting, type Setting, type SettingKind, settingKey } from './setting.ts';

/** All settings of a kind, from the oldest on, strongly consistent. @throws BrokenItem */
export async function readSettings<T extends Setting>(
  context: StoreContext,
  kind: SettingKind<T>,
): Promise<T[]> {
  const items = await queryAll(context, { pk: kind.partition });
  return items.filter(item => !isMeta(item)).map(item => parseItem(kind.schema, item));
}

/** @throws NotFound */
export async function readSetting<T extends Setting>(
  context: StoreContext,
  kind: SettingKind<T>,
  id: string,
): Promise<T> {
  const found = await readItem(context, settingKey(kind, id), kind.schema);
  if (!found) throw noSetting(kind, id);
  return found;
}

const metaSchema = z.object({ count: z.number(), seq: z.number() });

/** The number of settings of a kind; `seq` grows with each change of one. */
export interface SettingsMeta {
  count: number;
  seq: number;
}

export async function readMeta(context: StoreContext, kind: { partition: string }): Promise<SettingsMeta> {
  return (await readItem(context, metaKey(kind), metaSchema)) ?? { count: 0, seq: 0 };
}
