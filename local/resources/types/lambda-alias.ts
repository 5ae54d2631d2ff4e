import { z } from 'zod';
import { arn } from '../../aws/arn.ts';
import type { LambdaFunction } from '../../lambda/lambda-function.ts';
import { noEffect } from '../no-effect.ts';
import { physicalName } from '../physical-name.ts';
import type { MadeResources, ResourceType } from '../resource-type.ts';
import { lambdaFunction } from './lambda-function.ts';

const aliasSchema = z.strictObject({
  Name: z.string(),
  FunctionName: z.string(),
  FunctionVersion: noEffect('the code in the assembly is the only version here'),
  Description: noEffect('for people'),
});

/** An alias is in the stack of its function, so its name is known before the function is made. */
const asWritten = z.object({ Name: z.string(), FunctionName: z.object({ Ref: z.string() }) });

type AliasProperties = z.output<typeof aliasSchema>;

interface FunctionAlias {
  alias: string;
  target: LambdaFunction;
}

/** Another name of a function, whose only version runs here. */
export const lambdaAlias: ResourceType<AliasProperties, FunctionAlias> = {
  type: 'AWS::Lambda::Alias',
  schema: aliasSchema,
  after: [lambdaFunction],
  attributes({ stack, properties }) {
    const { Name, FunctionName } = asWritten.parse(properties);
    const name = physicalName({ stack, logicalId: FunctionName.Ref });
    return { Ref: arn('lambda', `function:${name}:${Name}`) };
  },
  make: ({ properties: { Name: alias, FunctionName }, made }) => ({
    value: { alias, target: functionAt(made, FunctionName) },
  }),
};

/** The function of a name or ARN, with an alias or without, or undefined. */
export function findFunction(made: MadeResources, nameOrArn: string): LambdaFunction | undefined {
  const named = (qualifier: string) => (target: LambdaFunction) =>
    [target.name, target.arn].some(name => `${name}${qualifier}` === nameOrArn);
  const functions = made.all(lambdaFunction).map(({ value }) => value);
  const aliases = made.all(lambdaAlias).map(({ value }) => value);
  return functions.find(named('')) ?? aliases.find(({ alias, target }) => named(`:${alias}`)(target))?.target;
}

/** The function of a name or ARN in the template. @throws Error if there is none */
export function functionAt(made: MadeResources, nameOrArn: string): LambdaFunction {
  const found = findFunction(made, nameOrArn);
  if (!found) throw new Error(`The template calls ${nameOrArn}, which is not one of its functions.`);
  return found;
}
