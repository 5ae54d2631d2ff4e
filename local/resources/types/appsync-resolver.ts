import { z } from 'zod';
import type { ResolverDefinition } from '../../gateway/gateway-options.ts';
import { resolverRuntime } from '../resolver-runtime.ts';
import type { ResourceType } from '../resource-type.ts';

const resolverSchema = z.strictObject({
  ApiId: z.string(),
  TypeName: z.string(),
  FieldName: z.string(),
  Kind: z.enum(['UNIT', 'PIPELINE']).default('UNIT'),
  DataSourceName: z.string().optional(),
  PipelineConfig: z.strictObject({ Functions: z.array(z.string()).default([]) }).optional(),
  Code: z.string(),
  Runtime: resolverRuntime,
});

export const appsyncResolver: ResourceType<z.output<typeof resolverSchema>, ResolverDefinition> = {
  type: 'AWS::AppSync::Resolver',
  schema: resolverSchema,
  make({ properties: { TypeName, FieldName, Code, DataSourceName, PipelineConfig } }) {
    const field = { typeName: TypeName, fieldName: FieldName, code: Code };
    if (DataSourceName !== undefined) return { value: { ...field, dataSource: DataSourceName } };
    return { value: { ...field, pipeline: PipelineConfig?.Functions ?? [] } };
  },
};
