// `npm run sbom`: builds what is deployed and installed, checks the licences of the packages in it,
// and writes its bill of materials.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { cycloneDx } from './shipped/cyclone-dx.ts';
import { checkLicences } from './shipped/licences.ts';
import { packageAt } from './shipped/package-of.ts';
import { PARTS, shippedPackages } from './shipped/shipped-packages.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const { out } = new Command('npm run sbom --')
  .description(
    'Writes the bill of materials (CycloneDX 1.6, JSON) of the packages in functions, edge program and console.',
  )
  .option('--out <file>', 'where to', 'dist/sbom.cdx.json')
  .parse()
  .opts<{ out: string }>();

const packages = await shippedPackages(root);
checkLicences(packages);
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, `${JSON.stringify(cycloneDx(packageAt(root, ''), packages), undefined, 2)}\n`);
const counts = PARTS.map(part => `${part} ${packages.filter(({ parts }) => parts.includes(part)).length}`);
console.log(
  `${out}: ${packages.length} packages (${counts.join(', ')}), all under licences that a bundle may hold.`,
);
