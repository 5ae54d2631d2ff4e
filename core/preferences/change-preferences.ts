import type { Caller } from '../access/caller.ts';
import { NotFound, quoted, ValidationError } from '../errors.ts';
import { parseInput } from '../inventory/model/parse-input.ts';
import { commitChange } from '../storage/commit-change.ts';
import { readItem } from '../storage/parse-item.ts';
import type { StoreContext } from '../storage/store-context.ts';
import {
  NO_PREFERENCES,
  type Preferences,
  type PreferencesItem,
  preferencesItem,
  preferencesKey,
  SAVED_VIEWS_MAX,
  viewAddress,
  viewName,
} from './preferences.ts';

/** A person's preferences, with defaults for those that they haven't set. */
export async function readPreferences(context: StoreContext, { sub }: Caller): Promise<Preferences> {
  const item = await readItem(context, preferencesKey(sub), preferencesItem);
  return withoutSeq(item ?? NO_PREFERENCES);
}

/**
 * Changes the given preferences. A `time_zone` of null is the browser's.
 *
 * @throws ValidationError for an unknown time zone
 */
export function setPreferences(
  context: StoreContext,
  caller: Caller,
  given: Partial<Pick<Preferences, 'theme' | 'time_zone' | 'units'>>,
): Promise<Preferences> {
  const { time_zone } = given;
  if (time_zone && !isTimeZone(time_zone)) {
    throw new ValidationError(
      `time_zone ${quoted(time_zone)} is not known. Give a name such as Europe/Berlin, or null for the time zone of the browser.`,
      { arguments: ['preferences.time_zone'] },
    );
  }
  return change(context, caller, item => ({ ...item, ...given }));
}

/**
 * Saves a view under a name. It replaces a view of the same name in its position.
 *
 * @throws ValidationError for an invalid name or address, and for more than {@link SAVED_VIEWS_MAX}
 * views
 */
export function saveView(
  context: StoreContext,
  caller: Caller,
  given: { name: string; address: string },
): Promise<Preferences> {
  const name = parseInput(viewName, given.name);
  const address = parseInput(viewAddress, given.address);
  return change(context, caller, item => {
    const { saved_views } = item;
    const isNew = saved_views.every(view => view.name !== name);
    if (isNew && saved_views.length >= SAVED_VIEWS_MAX) {
      throw new ValidationError(
        `You have ${SAVED_VIEWS_MAX} saved views, which is the maximum. Remove one with removeView first.`,
        { arguments: ['name'] },
      );
    }
    const view = { name, address };
    const views = isNew
      ? [...saved_views, view]
      : saved_views.map(each => (each.name === name ? view : each));
    return { ...item, saved_views: views };
  });
}

/** @throws NotFound */
export function removeView(context: StoreContext, caller: Caller, name: string): Promise<Preferences> {
  return change(context, caller, item => {
    const saved_views = item.saved_views.filter(view => view.name !== name);
    if (saved_views.length < item.saved_views.length) return { ...item, saved_views };
    throw new NotFound(`You have no saved view ${quoted(name)}. The query me lists your views.`);
  });
}

/** Changes a person's own preferences, which the audit log doesn't record. */
function change(
  context: StoreContext,
  { sub }: Caller,
  plan: (item: PreferencesItem) => PreferencesItem,
): Promise<Preferences> {
  const key = preferencesKey(sub);
  return commitChange(context, async () => {
    const stored = await readItem(context, key, preferencesItem);
    const before = stored ?? NO_PREFERENCES;
    const after = { ...plan(before), seq: before.seq + 1 };
    const put = {
      Put: {
        TableName: context.tables.network,
        Item: { ...key, ...after },
        ConditionExpression: stored ? '#seq = :seq' : 'attribute_not_exists(pk)',
        ...(stored && {
          ExpressionAttributeNames: { '#seq': 'seq' },
          ExpressionAttributeValues: { ':seq': before.seq },
        }),
      },
    };
    return { actions: [put], result: withoutSeq(after) };
  });
}

function withoutSeq({ seq: _, ...preferences }: PreferencesItem): Preferences {
  return preferences;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
