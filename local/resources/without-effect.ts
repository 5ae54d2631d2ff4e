import { arn } from '../aws/arn.ts';
import type { Attributes } from '../template/deployment.ts';
import { physicalName } from './physical-name.ts';
import type { TypeWithoutEffect } from './resource-type.ts';

/**
 * A type that does nothing here, with the reason. Others may refer to its resources by name and ARN
 * all the same.
 */
export function withoutEffect(
  type: string,
  reason: string,
  attributes: (name: string) => Attributes = name => nameAndArn(type, name),
): TypeWithoutEffect {
  return { type, withoutEffect: reason, attributes: resource => attributes(physicalName(resource)) };
}

function nameAndArn(type: string, name: string): Attributes {
  return { Ref: name, Arn: arn(type.split('::')[1]!.toLowerCase(), name) };
}
