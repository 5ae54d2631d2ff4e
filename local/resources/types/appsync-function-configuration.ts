import { z } from 'zod';
import { noEffect } from '../no-effect.ts';
import { resolverRuntime } from '../resolver-runtime.ts';
import type { ResourceType } from '../resource-type.ts';

const functionConfigurationSchema = z.strictObject({
  ApiId: z.string(),
  Name: z.string(),
  DataSourceName: z.string(),
  Code: z.string(),
  Runtime: resolverRuntime,
  Description: noEffect('for people'),
});

type ConfigurationProperties = z.output<typeof functionConfigurationSchema>;

/** A function of pipeline resolvers. */
export const appsyncFunctionConfiguration: ResourceType<
  ConfigurationProperties,
  { code: string; dataSource: string }
> = {
  type: 'AWS::AppSync::FunctionConfiguration',
  schema: functionConfigurationSchema,
  attributes: ({ logicalId }) => ({ Ref: logicalId, FunctionId: logicalId }),
  make: ({ properties: { Code, DataSourceName } }) => ({ value: { code: Code, dataSource: DataSourceName } }),
};
