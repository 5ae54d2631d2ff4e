import type { CloudAssembly } from '../template/cloud-assembly.ts';
import { makeDeployment } from '../template/deployment.ts';
import { parseProperties } from './parse-properties.ts';
import { typeOf } from './resource-types.ts';

/**
 * Looks through a whole assembly, before anything is started, for what can't be run here as it
 * would be in the cloud.
 * @throws TemplateError at the first resource, property or value that isn't known.
 */
export function checkDeployment(assembly: CloudAssembly): void {
  // What references will give isn't known yet: any text does for the look at the properties.
  const deployment = makeDeployment(
    assembly,
    resource =>
      new Proxy({ Ref: resource.logicalId }, { get: (_, name) => `${resource.logicalId}.${String(name)}` }),
  );
  for (const resource of deployment.resources) {
    const type = typeOf(resource);
    if ('schema' in type) parseProperties(deployment, resource, type.schema);
  }
}
