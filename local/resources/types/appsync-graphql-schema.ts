import { z } from 'zod';
import type { ResourceType } from '../resource-type.ts';

const graphqlSchemaSchema = z.strictObject({ ApiId: z.string(), Definition: z.string() });

/** Its value is the definition, in SDL. */
export const appsyncGraphqlSchema: ResourceType<z.output<typeof graphqlSchemaSchema>, string> = {
  type: 'AWS::AppSync::GraphQLSchema',
  schema: graphqlSchemaSchema,
  make: ({ properties }) => ({ value: properties.Definition }),
};
