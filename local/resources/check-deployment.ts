import type { CloudAssembly } from '../template/cloud-assembly.ts';
import { makeDeployment } from '../template/deployment.ts';
import { parseProperties } from './parse-properties.ts';
import { typeOf } from './resource-types.ts';

/**
 * Checks an assembly, before anything is started, for resources that can't run here as in the
 * cloud.
 * @throws TemplateError at the first unknown resource, property or value
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
