import { ACCOUNT_ID, REGION } from '../aws/account.ts';
import type { CloudAssembly, StackTemplate, Template } from './cloud-assembly.ts';
import { NO_VALUE, resolveValue, type Scope } from './intrinsics.ts';
import { TemplateError } from './template-error.ts';

/** A resource of a stack, with its unresolved properties. */
export interface Resource {
  stack: string;
  logicalId: string;
  type: string;
  properties: Record<string, unknown>;
}

/** The values of `Ref` and `Fn::GetAtt` of a resource. */
export interface Attributes {
  Ref: string;
  [attribute: string]: string;
}

/** Returns the attributes of a resource; throws if it has none, or none yet. */
export type AttributeSource = (resource: Resource) => Attributes;

/** All stacks as one set of resources, with references between stacks resolved. */
export interface Deployment {
  resources: Resource[];
  /** The properties of a resource with every reference resolved. */
  properties(resource: Resource): Record<string, unknown>;
  /** The outputs of a stack. */
  outputs(stack: string): Record<string, unknown>;
}

const PSEUDO: Record<string, unknown> = {
  'AWS::AccountId': ACCOUNT_ID,
  'AWS::Region': REGION,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::NotificationARNs': [],
  'AWS::NoValue': NO_VALUE,
};

/**
 * Makes a deployment of an assembly. `attributes` provides the values of references to resources.
 */
export function makeDeployment({ stacks }: CloudAssembly, attributes: AttributeSource): Deployment {
  const scopes = new Map(stacks.map(stack => [stack.name, makeScope(stack)]));
  const exportsByName = new Map<string, () => unknown>();
  for (const { name, template } of stacks) {
    for (const [id, { Value, Export }] of Object.entries(template.Outputs)) {
      if (!Export) continue;
      const place = `${name}.Outputs.${id}`;
      const scope = scopes.get(name)!;
      exportsByName.set(String(resolveValue(Export.Name, scope, place)), () =>
        resolveValue(Value, scope, place),
      );
    }
  }

  function makeScope({ name, template }: StackTemplate): Scope {
    const known = (logicalId: string): Attributes => {
      const resource = template.Resources[logicalId];
      if (!resource) throw new TemplateError(name, `there is no resource ${logicalId}`);
      return attributes(asResource(name, logicalId, resource));
    };
    const scope: Scope = {
      ref(id) {
        if (id === 'AWS::StackName') return name;
        if (id === 'AWS::StackId')
          return `arn:aws:cloudformation:${REGION}:${ACCOUNT_ID}:stack/${name}/local`;
        if (Object.hasOwn(PSEUDO, id)) return PSEUDO[id];
        const parameter = template.Parameters[id];
        return parameter ? parameter.Default : known(id).Ref;
      },
      attribute(logicalId, attribute) {
        const value = known(logicalId)[attribute];
        if (value !== undefined) return value;
        const type = template.Resources[logicalId]!.Type;
        throw new TemplateError(
          `${name}.${logicalId}`,
          `attribute ${attribute} of ${type} isn't known to the one-machine runtime`,
        );
      },
      importValue(exported) {
        const value = exportsByName.get(exported);
        if (!value) throw new TemplateError(name, `no stack exports ${exported}`);
        return value();
      },
      condition(id) {
        if (!Object.hasOwn(template.Conditions, id)) {
          throw new TemplateError(name, `there is no condition ${id}`);
        }
        return Boolean(resolveValue(template.Conditions[id], scope, `${name}.Conditions.${id}`));
      },
      mapping(map, key, attribute) {
        const value = template.Mappings[map]?.[key]?.[attribute];
        if (value === undefined) throw new TemplateError(name, `no mapping ${map}.${key}.${attribute}`);
        return value;
      },
    };
    return scope;
  }

  return {
    resources: stacks.flatMap(({ name, template }) =>
      Object.entries(template.Resources)
        .filter(([, { Condition }]) => Condition === undefined || scopes.get(name)!.condition(Condition))
        .map(([logicalId, resource]) => asResource(name, logicalId, resource)),
    ),
    properties: ({ stack, logicalId, properties }) =>
      resolveValue(properties, scopes.get(stack)!, `${stack}.${logicalId}`) as Record<string, unknown>,
    outputs: stack => {
      const { template } = stacks.find(({ name }) => name === stack)!;
      return Object.fromEntries(
        Object.entries(template.Outputs).map(([id, { Value }]) => [
          id,
          resolveValue(Value, scopes.get(stack)!, `${stack}.Outputs.${id}`),
        ]),
      );
    },
  };
}

function asResource(
  stack: string,
  logicalId: string,
  { Type, Properties }: Template['Resources'][string],
): Resource {
  return { stack, logicalId, type: Type, properties: Properties };
}
