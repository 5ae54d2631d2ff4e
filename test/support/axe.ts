import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

type Violation = Awaited<ReturnType<AxeBuilder['analyze']>>['violations'][number];

/** What axe finds on a page by these rules; by all of them, when they are left out. */
export async function axeViolations(page: Page, rules?: string[]): Promise<Violation[]> {
  // Its half a megabyte is loaded once a page.
  const isLoaded = await page.evaluate('window.axe !== undefined');
  const axe = new AxeBuilder({ page, ...(isLoaded === true && { axeSource: ';' }) })
    // All of it in the page itself: frames of other origins, which there are none of, would each
    // cost another page.
    .setLegacyMode()
    // What passes is not described, which is half of the work.
    .options({ resultTypes: ['violations'] });
  if (rules) axe.withRules(rules);
  return (await axe.analyze()).violations;
}
