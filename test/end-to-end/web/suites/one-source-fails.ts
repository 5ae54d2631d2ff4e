import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../../core/local-credentials.ts';
import { openConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

export function oneSourceFailsSuite(world: () => ConsoleWorld): void {
  describe('when one source fails', () => {
    it('the panel of it says so with a way to try again, and all others stay filled', async () => {
      const { browser, system } = world();
      let failing = true;
      const { page, context } = await openConsole(browser, system, {
        as: 'viewer',
        prepare: page =>
          page.route('**/graphql', async route => {
            if (!failing || !route.request().postData()?.includes('query Happened')) return route.fallback();
            await route.fulfill({
              json: { data: null, errors: [{ errorType: 'Internal', message: 'The log can’t be read.' }] },
            });
          }),
      });
      const panel = page.getByRole('region', { name: 'Last changes' });
      await panel.getByText('The log can’t be read.').waitFor();
      await page.getByRole('table', { name: 'Policies' }).getByRole('cell').first().waitFor();
      failing = false;
      await panel.getByRole('button', { name: 'Try again' }).click();
      await panel.getByRole('listitem').first().waitFor();
      await context.close();
    });

    it('without the table of caches every panel is filled', async () => {
      const { browser, system } = world();
      const client = new DynamoDBClient({
        endpoint: system.endpoints.dynamodb,
        region: system.endpoints.region,
        credentials: LOCAL_CREDENTIALS,
      });
      await client.send(new DeleteTableCommand({ TableName: system.tables.get('cache') }));
      client.destroy();
      const { page, context } = await openConsole(browser, system, { as: 'viewer' });
      await page.getByRole('table', { name: 'Policies' }).getByRole('cell').first().waitFor();
      await page.locator('.loading').first().waitFor({ state: 'detached' });
      expect(await page.getByRole('alert').allTextContents()).toEqual([]);
      await context.close();
    });
  });
}
