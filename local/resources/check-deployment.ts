import type { CloudAssembly } from '../template/cloud-assembly.ts';
import { makeDeployment } from '../template/deployment.ts';
import { parseProperties } from './parse-properties.ts';
import { typeOf } from './resource-types.ts';

/**
 * Checks an assembly, before anything is started, for resources that can't run here as in the
 * cloud.Looks through a whole assembly, before anything is started, for what can't be run here as
 * it would be in the cloud.
 * @throws TemplateError at the first unknown resource, property or value@throws TemplateError at
 * the first resource, property or value that isn't known.
 */
export function checkDeployment(assembly: CloudAssembly): void {
  // The values of references are not known yet: any text is sufficient for the check of properties.
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
