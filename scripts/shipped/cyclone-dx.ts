import type { PackageInfo } from './package-of.ts';
import type { ShippedPackage } from './shipped-packages.ts';

/**
 * The bill of materials of the shipped packages. The same packages produce the same text: it has
 * neither a time nor a serial number. Source: CycloneDX 1.6 (ECMA-424), JSON reference.
 */
export function cycloneDx(project: PackageInfo, packages: readonly ShippedPackage[]): object {
  const reference = `pkg:npm/${project.name}@${project.version}`;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': reference,
        name: project.name,
        version: project.version,
        purl: reference,
      },
    },
    components: packages.map(({ name, version, license, parts }) => {
      const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
      return {
        type: 'library',
        'bom-ref': purl,
        name,
        version,
        purl,
        licenses: [/ (OR|AND|WITH) /.test(license) ? { expression: license } : { license: { id: license } }],
        properties: parts.map(value => ({ name: 'patronus:in', value })),
      };
    }),
  };
}
