import { arn } from '../aws/arn.ts';
import type { Attributes } from '../template/deployment.ts';
import { physicalName } from './physical-name.ts';
import type { TypeWithoutEffect } from './resource-type.ts';

/**
 * A type without effect here, with the reason. Other resources can still refer to its name and ARN.
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
