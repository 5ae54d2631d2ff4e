import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

type Violation = Awaited<ReturnType<AxeBuilder['analyze']>>['violations'][number];

/** The violations that axe finds on a page, by the given rules or by all. */
export async function axeViolations(page: Page, rules?: string[]): Promise<Violation[]> {
  // axe has half a megabyte, and is loaded once for each page.
  const isLoaded = await page.evaluate('window.axe !== undefined');
  const axe = new AxeBuilder({ page, ...(isLoaded === true && { axeSource: ';' }) })
    // Everything runs in the page itself. Frames of other origins would need another page, but
    // there are none.
    .setLegacyMode()
    // Passed rules are not described, which saves half of the work.
    .options({ resultTypes: ['violations'] });
  if (rules) axe.withRules(rules);
  return (await axe.analyze()).violations;
}
