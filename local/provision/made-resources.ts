import type {
  Host,
  MadePart,
  MadeResource,
  MadeResources,
  ResourceType,
} from '../resources/resource-type.ts';
import { typeOf } from '../resources/resource-types.ts';
import type { Attributes, Resource } from '../template/deployment.ts';
import { TemplateError } from '../template/template-error.ts';

export interface GrowingResources extends MadeResources {
  add<Value>(type: ResourceType<unknown, Value>, resource: Resource, part: MadePart<Value>): void;
  /**
   * The values of `Ref` and `Fn::GetAtt` of a resource.
   * @throws TemplateError if the resource does not exist yet
   */
  attributes(resource: Resource): Attributes;
}

/** An empty set of resources, to which resources are added when they are made. */
export function madeResources(host: Host): GrowingResources {
  const byType = new Map<string, MadeResource<unknown>[]>();
  const attributesMade = new Map<string, Attributes>();
  const key = ({ stack, logicalId }: Resource): string => `${stack}.${logicalId}`;
  const all = <Value>({ type }: ResourceType<unknown, Value>) =>
    (byType.get(type) ?? []) as MadeResource<Value>[];

  function attributes(resource: Resource): Attributes {
    const found = attributesMade.get(key(resource)) ?? typeOf(resource).attributes?.(resource, host);
    if (found) return found;
    throw new TemplateError(key(resource), `${resource.type} is used before it is made`);
  }

  return {
    attributes,
    all,
    theOnly(type) {
      const [made, ...others] = all(type);
      if (made && others.length === 0) return made;
      throw new Error(
        `The one-machine runtime needs exactly one ${type.type}, but the template has ${all(type).length}.`,
      );
    },
    add(type, resource, { attributes: given, value }) {
      if (given) attributesMade.set(key(resource), given);
      const made = {
        resource,
        value,
        // Looked up on demand: most types have no attributes, and are not referenced.
        get attributes() {
          return attributes(resource);
        },
      };
      byType.set(type.type, [...all(type), made]);
    },
  };
}
