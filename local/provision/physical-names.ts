import { ACCOUNT_ID, REGION } from '../aws/account.ts';
import { TYPES_WITHOUT_EFFECT } from '../resources/resource-types.ts';
import type { Attributes, Resource } from '../template/deployment.ts';
import { TemplateError } from '../template/template-error.ts';

/** The attributes of resources, as they come to be. */
export interface PhysicalNames {
  set(resource: Resource, attributes: Attributes): void;
  /** @throws TemplateError when the resource isn't there (yet). */
  get(resource: Resource): Attributes;
}

export function makePhysicalNames(): PhysicalNames {
  const known = new Map<string, Attributes>();
  const key = ({ stack, logicalId }: Resource): string => `${stack}.${logicalId}`;
  return {
    set: (resource, attributes) => known.set(key(resource), attributes),
    get(resource) {
      const attributes = known.get(key(resource)) ?? withoutEffect(resource);
      if (attributes) return attributes;
      throw new TemplateError(key(resource), `${resource.type} is used before it is there`);
    },
  };
}

/** The name of a resource that the template doesn't name: the same in every run, so that kept data is found again. */
export function physicalName({ stack, logicalId }: Resource): string {
  return `${stack}-${logicalId}`;
}

export function arn(service: string, resource: string, { global = false } = {}): string {
  return `arn:aws:${service}:${global ? '' : REGION}:${ACCOUNT_ID}:${resource}`;
}

function withoutEffect(resource: Resource): Attributes | undefined {
  if (!Object.hasOwn(TYPES_WITHOUT_EFFECT, resource.type)) return undefined;
  const name = physicalName(resource);
  if (resource.type === 'AWS::IAM::Role') {
    return { Ref: name, Arn: arn('iam', `role/${name}`, { global: true }) };
  }
  const service = resource.type.split('::')[1]!.toLowerCase();
  const Arn = arn(service, name);
  return { Ref: resource.type === 'AWS::SNS::Topic' ? Arn : name, Arn };
}
