import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Page, Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../../core/local-credentials.ts';
import { openConsole, PATIENCE_MS } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

export function failingSourceSuite(world: () => ConsoleWorld): void {
  describe('if one source fails', () => {
    it('a part of the overview says so with a button to try again, and all others stay filled', async () => {
      const { browser, system } = world();
      let failing = true;
      const { page, context } = await openConsole(browser, system, {
        as: 'viewer',
        prepare: page =>
          page.route('**/graphql', route =>
            failing && asks(route, /query (Now|Overview)\b/) ? withoutLastChanges(route) : route.fallback(),
          ),
      });
      const panel = page.getByRole('region', { name: 'Last changes' });
      await panel.getByText("The log can't be read.").waitFor();
      await allFilledBut(page, 1);
      failing = false;
      await panel.getByRole('button', { name: 'Try again' }).click();
      await panel.getByRole('listitem').first().waitFor();
      await context.close();
    });

    it('each source of the combined request is queried separately', async () => {
      const { browser, system } = world();
      const refusal = { data: null, errors: [{ errorType: 'Internal', message: "History can't be read." }] };
      const { page, context } = await openConsole(browser, system, {
        as: 'viewer',
        prepare: page =>
          page.route('**/graphql', route =>
            asks(route, /query (Now|Throughput)\b/) ? route.fulfill({ json: refusal }) : route.fallback(),
          ),
      });
      await page.getByRole('region', { name: 'Throughput' }).getByText("History can't be read.").waitFor();
      await allFilledBut(page, 1);
      await context.close();
    });

    it('a page that used up the queries of a minute says so, and asks again by itself', async () => {
      const { browser, system } = world();
      let refusals = 0;
      const message = 'You have asked for as many expensive queries as one minute allows.';
      const errors = [{ errorType: 'Throttled', message, errorInfo: { retry_after_s: 1 } }];
      const { page, context } = await openConsole(browser, system, {
        as: 'viewer',
        at: '/incidents',
        prepare: page =>
          page.route('**/graphql', route =>
            asks(route, /query Incidents\b/) && refusals++ === 0
              ? route.fulfill({ json: { data: null, errors } })
              : route.fallback(),
          ),
      });
      const panel = page.getByRole('region', { name: 'Frozen, newest first' });
      await panel.getByText(`${message} This page asks again by itself.`).waitFor();
      await panel.getByRole('alert').waitFor({ state: 'detached' });
      expect(refusals).toBe(2);
      await context.close();
    });

    it('every panel stays filled without the table of caches', async () => {
      const { browser, system } = world();
      const client = new DynamoDBClient({
        endpoint: system.endpoints.dynamodb,
        region: system.endpoints.region,
        credentials: LOCAL_CREDENTIALS,
      });
      await client.send(new DeleteTableCommand({ TableName: system.tables.get('cache') }));
      client.destroy();
      const { page, leave } = await openConsole(browser, system, { as: 'viewer' });
      await allFilledBut(page, 0);
      await leave();
    });
  });
}

/** Waits until Now is filled except for this number of panels, which show that they failed. */
async function allFilledBut(page: Page, failed: number): Promise<void> {
  await page.getByRole('table', { name: 'Policies' }).getByRole('cell').first().waitFor();
  await page.locator('.loading').first().waitFor({ state: 'detached' });
  await expect.poll(() => page.getByRole('alert').count(), { timeout: PATIENCE_MS }).toBe(failed);
}

function asks(route: Route, operation: RegExp): boolean {
  return operation.test(route.request().postData() ?? '');
}

/** The real answer of the system, with one failed part of the overview. */
async function withoutLastChanges(route: Route): Promise<void> {
  const answer = (await (await route.fetch()).json()) as { data: { overview: object } };
  const errors = [
    { errorType: 'Internal', message: "The log can't be read.", path: ['overview', 'last_changes'] },
  ];
  const overview = { ...answer.data.overview, last_changes: null };
  await route.fulfill({ json: { data: { ...answer.data, overview }, errors } });
}
