import { ulid } from 'ulid';
import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { ValidationError } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import type { AlarmKind } from '../alarm.ts';
import { newNotice, noticeItem } from '../notices/notice.ts';
import { addSetting, removeSetting, updateSetting } from '../settings/change-settings.ts';
import { readSetting } from '../settings/read-settings.ts';
import { settingTarget } from '../settings/setting.ts';
import { DESTINATION, type Destination, type DestinationType, secretKey } from './destination.ts';
import { type WebhookRules, webhookUrl } from './destination-input.ts';

interface Given {
  name: string;
  type: DestinationType;
  url?: string | null | undefined;
  secret?: string | null | undefined;
  kinds?: readonly AlarmKind[] | null | undefined;
}

/** @throws ValidationError for a url or secret that is missing, wrong or not allowed */
export async function setDestination(
  context: StoreContext,
  actor: Caller,
  { name, type, url, secret, kinds = null, ...rules }: Given & WebhookRules,
): Promise<Destination> {
  if (type === 'MAIL') {
    refuseIf(
      url,
      'url',
      'url is of webhooks: a destination of type MAIL goes to the topic of this installation.',
    );
    refuseIf(secret, 'secret', 'secret is of webhooks: mail is not signed.');
    const given = { name, type, url: null, kinds, secret_set_at: null, url_set_at: null };
    return addSetting(context, DESTINATION, { actor, operation: 'setDestination', given });
  }
  refuseIf(!url, 'url', 'url must be given for a webhook.');
  refuseIf(!secret, 'secret', 'secret must be given for a webhook: its deliveries are signed with it.');
  return addSetting(context, DESTINATION, {
    ...{ actor, operation: 'setDestination' },
    given: {
      ...{ name, type, kinds, url: webhookUrl(url!, rules) },
      secret_set_at: timestamp(context.clock()),
      url_set_at: timestamp(context.clock()),
    },
    companions: ({ id }) => [putSecret(context.tables, id, secret!)],
  });
}

type Patch = { [Name in 'name' | 'url' | 'secret']?: string | null | undefined };

/**
 * Changes the given fields. Pending deliveries go to the new address and are signed with the new
 * secret.
 *
 * @throws ValidationError · NotFound · Conflict when it was changed since `if_updated_at`
 */
export function updateDestination(
  context: StoreContext,
  actor: Caller,
  {
    id,
    if_updated_at,
    kinds,
    ...patch
  }: Patch & Pick<Given, 'kinds'> & WebhookRules & { id: string; if_updated_at?: number | undefined },
): Promise<Destination> {
  const { name, url, secret, ...rules } = patch;
  return updateSetting(context, DESTINATION, {
    ...{ id, actor, operation: 'updateDestination', if_updated_at },
    change(before) {
      const isMail = before.type === 'MAIL';
      refuseIf(isMail && url, 'url', 'url is of webhooks: this destination is mail.');
      refuseIf(isMail && secret, 'secret', 'secret is of webhooks: this destination is mail.');
      return {
        ...before,
        name: name ?? before.name,
        url: url ? webhookUrl(url, rules) : before.url,
        kinds: kinds === undefined ? before.kinds : kinds,
        secret_set_at: secret ? timestamp(context.clock()) : before.secret_set_at,
        url_set_at:
          url && webhookUrl(url, rules) !== before.url ? timestamp(context.clock()) : before.url_set_at,
      };
    },
    companions: () => (secret ? [putSecret(context.tables, id, secret)] : []),
  });
}

/** Removes a destination, its secret and its pending deliveries. @throws NotFound */
export function removeDestination(context: StoreContext, actor: Caller, id: string) {
  return removeSetting(context, DESTINATION, {
    ...{ id, actor, operation: 'removeDestination' },
    companions: () => [removeSecret(context.tables, id)],
  });
}

/** Requests the delivery of a test, in the same way as that of an alarm. @throws NotFound */
export function testDestination(
  context: StoreContext,
  actor: Caller,
  id: string,
): Promise<{ delivery_id: string; destination: Destination }> {
  return commitChange(context, async begun => {
    const destination = await readSetting(context, DESTINATION, id);
    const at_ms = context.clock();
    const notice = newNotice({ about: `TEST#${ulid(at_ms)}`, event: 'TEST', since: timestamp(at_ms) }, at_ms);
    const put = { TableName: context.tables.traffic, Item: noticeItem(id, notice) };
    const audit = auditAction(context.tables, begun, {
      ...{ actor, operation: 'testDestination', target: settingTarget(DESTINATION, id) },
      ...{ before: null, after: { name: destination.name } },
    });
    return { actions: [{ Put: put }, audit], result: { delivery_id: notice.delivery_id, destination } };
  });
}

function putSecret({ network }: TableNames, id: string, secret: string): WriteAction {
  return { Put: { TableName: network, Item: { ...secretKey(id), secret } } };
}

export function removeSecret({ network }: TableNames, id: string): WriteAction {
  return { Delete: { TableName: network, Key: secretKey(id) } };
}

function refuseIf(isWrong: unknown, argument: string, message: string): void {
  if (isWrong) throw new ValidationError(message, { arguments: [argument] });
}
