import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { signatureOf } from '../../../../core/alarms/notices/payload.ts';
import { openConsole, reloadConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';
import { startReceiver } from '../../../support/webhook-receiver.ts';

export function alarmsSuite(world: () => ConsoleWorld): void {
  describe('the page Alarms', () => {
    it('creates a threshold from an address with its target, changes and removes it', async () => {
      const { browser, system, admin, silent_edge } = world();
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'operator',
        at: `/alarms?view=thresholds&set=EDGE&on=${silent_edge}`,
      });
      const form = page.getByRole('dialog', { name: 'New threshold' });
      await form.getByLabel('Name').fill('Long silence');
      expect(await form.getByLabel('Id of the edge').inputValue()).toBe(silent_edge);
      await form.getByLabel('Value').fill('5');
      await form.getByLabel('Clears at').fill('6');
      await form.getByRole('button', { name: 'Create', exact: true }).click();
      const wrong = form.locator('.field[data-invalid]');
      await wrong.getByText(/^clear_value must be value or less/).waitFor();
      await form.getByLabel('Clears at').fill('4');
      await form.getByRole('button', { name: 'Create', exact: true }).click();
      await form.waitFor({ state: 'detached' });
      const row = page.getByRole('row').filter({ hasText: 'Long silence' });
      await row.getByText('above 5 minutes for 5 min').waitFor();

      await page.getByRole('button', { name: 'Change Long silence' }).click();
      const change = page.getByRole('dialog', { name: 'Change threshold' });
      await reloadConsole(page);
      await change.getByLabel('Minutes').fill('1');
      await change.getByRole('button', { name: 'Save' }).click();
      await row.getByText('above 5 minutes for 1 min').waitFor();
      await page.getByRole('button', { name: 'Remove Long silence' }).click();
      await row.waitFor({ state: 'detached' });
      const removed = page.getByRole('alertdialog').filter({ hasText: 'is removed' });
      await removed.getByRole('button', { name: 'Undo' }).click();
      await row.waitFor();
      const { thresholds } = await admin.data('{ thresholds { items { name value clear_value minutes } } }');
      expect(thresholds.items).toContainEqual({ name: 'Long silence', value: 5, clear_value: 4, minutes: 1 });
      expect(problems).toEqual([]);
      await leave();
    });

    it('creates a webhook, tests it against a receiver, and shows the delivery', async () => {
      const { browser, system } = world();
      const receiver = await startReceiver();
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'admin',
        at: '/alarms?view=destinations',
      });
      await page.getByRole('button', { name: 'New destination' }).click();
      const form = page.getByRole('dialog', { name: 'New destination' });
      await form.getByLabel('Name').fill('Receiver');
      await form.getByRole('textbox', { name: 'Address' }).fill('http://example.com/');
      const secret = await form.getByLabel('Secret').inputValue();
      await form.getByRole('button', { name: 'Create', exact: true }).click();
      await form.locator('.field[data-invalid]').getByText('url must begin with https://.').waitFor();
      await form.getByRole('textbox', { name: 'Address' }).fill(receiver.url);
      // It receives no existing alarms, so that it gets only the test.
      await form.getByRole('button', { name: /Alarms$/ }).click();
      await page.getByRole('option', { name: 'Stuck work only' }).click();
      await form.getByRole('button', { name: 'Create', exact: true }).click();
      await form.waitFor({ state: 'detached' });

      // Whether this run or one of the schedule sends it.
      receiver.react(500, 500, 500, 500);
      await page.getByRole('button', { name: 'Test Receiver' }).click();
      await page.getByText('A test is sent to Receiver within a minute').first().waitFor();
      await system.invoke('notify', {});
      await reloadConsole(page);
      const row = page.getByRole('group', { name: 'Deliveries to Receiver' }).getByRole('row');
      await row.getByText('A test.').waitFor();
      await row.getByText('Retrying').waitFor();
      await row.getByText('500', { exact: true }).waitFor();
      const [{ headers, body }] = receiver.received as [(typeof receiver.received)[number]];
      expect(JSON.parse(body)).toMatchObject({ v: 1, type: 'test', alarm: null });
      const [, time] = /^t=(\d+),v1=/.exec(String(headers['patronus-signature']))!;
      expect(headers['patronus-signature']).toBe(signatureOf(body, { secret, at_ms: Number(time) * 1000 }));

      await page.getByRole('button', { name: 'Remove Receiver' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
      await page.getByRole('button', { name: 'Test Receiver' }).waitFor({ state: 'detached' });
      expect(problems).toEqual([]);
      await leave();
      await receiver.stop();
    });

    it('mails to a file on one machine, and mutes', async () => {
      const { browser, system, admin, folder } = world();
      const { setDestination } = await admin.data(
        'mutation { setDestination(name: "Post", type: MAIL, kinds: [WORK_STUCK]) { id } }',
      );
      const id = setDestination.id;
      await admin.data('mutation ($id: ID!) { testDestination(id: $id) { message } }', { id });
      await system.invoke('notify', {});
      const mails = (await readFile(join(folder, 'mails.jsonl'), 'utf8')).trim().split('\n');
      expect(JSON.parse(mails.at(-1)!)).toMatchObject({ subject: 'Patronus: a test' });
      await admin.data('mutation ($id: ID!) { removeDestination(id: $id) { message } }', { id });

      const { page, leave } = await openConsole(browser, system, {
        as: 'operator',
        at: '/alarms?view=mutes&mute=edge:edge-unheard',
      });
      const form = page.getByRole('dialog', { name: 'New mute' });
      expect(await form.getByLabel('About').inputValue()).toBe('edge:edge-unheard');
      await form.getByLabel('Why').fill('Being built');
      await form.getByRole('button', { name: 'Mute', exact: true }).click();
      const row = page.getByRole('row').filter({ hasText: 'Being built' });
      await row.getByText('About edge:edge-unheard').waitFor();
      await page.getByRole('button', { name: 'End Being built' }).click();
      await row.waitFor({ state: 'detached' });
      await leave();
    });
  });
}
