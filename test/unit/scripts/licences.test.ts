import { expect, it } from 'vitest';
import { checkLicences } from '../../../scripts/shipped/licences.ts';

const of = (license: string | undefined) =>
  ({ name: 'some', version: '1.2.3', license, parts: ['console'] }) as Parameters<
    typeof checkLicences
  >[0][number];

it.each(['MIT', 'Apache-2.0', '(GPL-3.0-only OR MIT)', 'MIT OR GPL-3.0-only'])(
  'a bundle may contain %s',
  license => {
    expect(() => checkLicences([of(license)])).not.toThrow();
  },
);

it.each(['GPL-3.0-only', 'MIT AND GPL-3.0-only', 'SEE LICENSE IN LICENSE.md', undefined])(
  'a bundle may not contain %s',
  license => {
    expect(() => checkLicences([of('MIT'), of(license)])).toThrow(
      new Error(
        `These packages in a bundle have a licence that isn't allowed: some 1.2.3 (${license ?? 'none stated'}). Allowed are 0BSD, Apache-2.0, BSD-2-Clause, BSD-3-Clause, BlueOak-1.0.0, CC0-1.0, ISC, MIT, MIT-0, Unlicense: use another package, or add the licence to scripts/shipped/licences.ts if its terms can be met.`,
      ),
    );
  },
);
