import type { ShippedPackage } from './shipped-packages.ts';

/** Licences that require only attribution. */
const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
]);

/** @throws Error that names each package whose licence isn't one of those that a bundle may hold */
export function checkLicences(packages: readonly ShippedPackage[]): void {
  const others = packages.filter(({ license }) => !isAllowed(license));
  if (others.length === 0) return;
  const names = others.map(
    ({ name, version, license }) => `${name} ${version} (${license ?? 'none stated'})`,
  );
  throw new Error(
    `These packages in a bundle have a licence that isn't allowed: ${names.join(', ')}. Allowed are ${[...ALLOWED].join(', ')}: use another package, or add the licence to scripts/shipped/licences.ts if its terms can be met.`,
  );
}

/** One of several licences to choose from is enough. */
function isAllowed(license: string | undefined): boolean {
  const choices = license?.replace(/^\((.*)\)$/, '$1').split(' OR ') ?? [];
  return choices.some(choice => ALLOWED.has(choice));
}
