import { beforeAll, describe, expect, it } from 'vitest';
import { cycloneDx } from '../../../scripts/shipped/cyclone-dx.ts';
import { checkLicences } from '../../../scripts/shipped/licences.ts';
import { packageAt } from '../../../scripts/shipped/package-of.ts';
import { type ShippedPackage, shippedPackages } from '../../../scripts/shipped/shipped-packages.ts';
import { projectFile, projectText } from '../../support/project-files.ts';

describe('shipped packages', () => {
  let shipped: ShippedPackage[];
  beforeAll(async () => {
    shipped = await shippedPackages(projectFile(''));
  }, 120_000);

  it('are the dependencies of package.json, which npm audit --omit=dev checks, and no devDependencies', () => {
    const { dependencies, devDependencies } = JSON.parse(projectText('package.json')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >;
    const names = new Set(shipped.map(({ name }) => name));
    const direct = Object.keys({ ...dependencies, ...devDependencies }).filter(name => names.has(name));
    expect(Object.keys(dependencies).sort()).toEqual(direct.sort());
  });

  it('have licences that are allowed in a bundle', () => {
    expect(() => checkLicences(shipped)).not.toThrow();
  });

  it('are listed in the bill of materials with version, licence and bundles', () => {
    const bill = cycloneDx(packageAt(projectFile(''), ''), shipped) as {
      components: { name: string; version: string }[];
    };
    const { dependencies } = JSON.parse(projectText('package.json'));
    expect(bill).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: { component: { type: 'application', name: 'patronus', version: '0.1.0' } },
    });
    expect(bill.components.find(({ name }) => name === '@aws-sdk/client-kinesis')).toEqual({
      type: 'library',
      'bom-ref': `pkg:npm/%40aws-sdk/client-kinesis@${dependencies['@aws-sdk/client-kinesis']}`,
      name: '@aws-sdk/client-kinesis',
      version: dependencies['@aws-sdk/client-kinesis'],
      purl: `pkg:npm/%40aws-sdk/client-kinesis@${dependencies['@aws-sdk/client-kinesis']}`,
      licenses: [{ license: { id: 'Apache-2.0' } }],
      properties: [{ name: 'patronus:in', value: 'edge' }],
    });
    expect(bill.components.find(({ name }) => name === 'react')).toMatchObject({
      properties: [{ name: 'patronus:in', value: 'console' }],
    });
  });
});
