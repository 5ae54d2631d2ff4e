import type { z } from 'zod';
import type { Deployment, Resource } from '../template/deployment.ts';
import { TemplateError } from '../template/template-error.ts';

/**
 * The resolved properties of a resource, parsed with the schema of its type.
 * @throws TemplateError that names an unknown property, or one with an unsupported value
 */
export function parseProperties<Schema extends z.ZodType>(
  deployment: Deployment,
  resource: Resource,
  schema: Schema,
): z.output<Schema> {
  const { data, error } = schema.safeParse(deployment.properties(resource));
  if (!error) return data as z.output<Schema>;
  const issue = error.issues[0]!;
  const path = ['Properties', ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    throw new TemplateError(
      place(resource, [...path, issue.keys[0]!]),
      `the one-machine runtime does not support this property of ${resource.type}; add it in local/resources/, or remove it`,
    );
  }
  throw new TemplateError(
    place(resource, path),
    `the one-machine runtime does not support this ${resource.type}: ${issue.message}`,
  );
}

function place({ stack, logicalId }: Resource, path: PropertyKey[]): string {
  return [stack, logicalId, ...path.map(String)].join('.');
}
