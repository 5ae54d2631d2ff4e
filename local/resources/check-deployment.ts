import type { CloudAssembly } from '../template/cloud-assembly.ts';
import { makeDeployment } from '../template/deployment.ts';
import { TemplateError } from '../template/template-error.ts';
import { parseProperties } from './parse-properties.ts';
import { RUNNING_TYPES, TYPES_WITHOUT_EFFECT } from './resource-types.ts';

/**
 * Looks through a whole assembly, before anything is started, for what can't be run here as it would be in the cloud.
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
    const schema = RUNNING_TYPES[resource.type];
    if (schema) parseProperties(deployment, resource, schema);
    else if (!Object.hasOwn(TYPES_WITHOUT_EFFECT, resource.type)) {
      throw new TemplateError(
        `${resource.stack}.${resource.logicalId}`,
        `the one-machine runtime doesn't know resources of type ${resource.type}; add the type in local/resources/resource-types.ts, or do without it`,
      );
    }
  }
}
