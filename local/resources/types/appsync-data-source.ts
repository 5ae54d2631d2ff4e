import { z } from 'zod';
import type { DataSource } from '../../gateway/gateway-options.ts';
import { noEffect } from '../no-effect.ts';
import type { MadeResources, ResourceType } from '../resource-type.ts';
import { functionAt, lambdaAlias } from './lambda-alias.ts';

const dataSourceSchema = z.strictObject({
  ApiId: z.string(),
  Name: z.string(),
  Type: z.enum(['AWS_LAMBDA', 'NONE']),
  LambdaConfig: z.strictObject({ LambdaFunctionArn: z.string() }).optional(),
  ServiceRoleArn: noEffect('anyone on this machine may call its functions'),
  Description: noEffect('for people'),
});

type DataSourceProperties = z.output<typeof dataSourceSchema>;

/** Its value is its name, and the function that calls it. */
export const appsyncDataSource: ResourceType<DataSourceProperties, readonly [string, DataSource]> = {
  type: 'AWS::AppSync::DataSource',
  schema: dataSourceSchema,
  after: [lambdaAlias],
  attributes: ({ logicalId, properties }) => ({ Ref: logicalId, Name: String(properties.Name) }),
  make: ({ properties, made }) => ({ value: [properties.Name, dataSource(properties, made)] }),
};

function dataSource({ Type, LambdaConfig }: DataSourceProperties, made: MadeResources): DataSource {
  if (Type === 'NONE') return { type: 'NONE' };
  const target = functionAt(made, LambdaConfig!.LambdaFunctionArn);
  return { type: 'AWS_LAMBDA', invoke: event => target.invoke(event).then(({ result }) => result) };
}
