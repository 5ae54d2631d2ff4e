import type { GraphQLSchema } from 'graphql';
import { isObjectType } from 'graphql';
import type { Identity } from '../auth/identity.ts';
import type { ApiOptions, AuthModeName } from '../gateway-options.ts';
import { type AppliedDirective, appliedDirectives } from './applied-directives.ts';

/**
 * By mode: the groups of which one is required, or null if none is. A missing mode has no access.
 */
type Rule = Partial<Record<AuthModeName, readonly string[] | null>>;

/** Whether a caller may see a field. */
export type MayAccess = (identity: Identity, typeName: string, fieldName: string) => boolean;

const MODE_OF_DIRECTIVE: Partial<Record<string, AuthModeName>> = {
  aws_api_key: 'API_KEY',
  aws_iam: 'AWS_IAM',
  aws_cognito_user_pools: 'AMAZON_COGNITO_USER_POOLS',
};

const OTHER_MODES = ['aws_oidc', 'aws_lambda'];

/**
 * AppSync's access rules: directives of a field replace those of its type, those of a type replace
 * the API's default mode, and they are not combined. `@aws_auth` counts only if Cognito is the only
 * mode, and only for operations.
 */
export function readAccessRules(schema: GraphQLSchema, api: ApiOptions): MayAccess {
  const rules = new Map<string, Rule>();
  const operations = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const ofType = ruleOf(appliedDirectives(type.astNode)) ?? defaultRule(api);
    for (const field of Object.values(type.getFields())) {
      const directives = appliedDirectives(field.astNode);
      const ofAuth = operations.includes(type) ? ruleOfAwsAuth(directives, api) : undefined;
      rules.set(`${type.name}.${field.name}`, ruleOf(directives) ?? ofAuth ?? ofType);
    }
  }
  return (identity, typeName, fieldName) => {
    const rule = rules.get(`${typeName}.${fieldName}`);
    return rule === undefined || allows(rule, identity);
  };
}

function ruleOf(directives: AppliedDirective[]): Rule | undefined {
  const rule: Rule = {};
  let says = false;
  for (const { name, arguments: args } of directives) {
    const mode = MODE_OF_DIRECTIVE[name];
    if (mode === undefined && !OTHER_MODES.includes(name)) continue;
    says = true;
    if (mode !== undefined) rule[mode] = groups(args.cognito_groups);
  }
  return says ? rule : undefined;
}

function ruleOfAwsAuth(directives: AppliedDirective[], api: ApiOptions): Rule | undefined {
  const auth = directives.find(({ name }) => name === 'aws_auth');
  const alone =
    (api.additionalModes ?? []).length === 0 && api.defaultMode.type === 'AMAZON_COGNITO_USER_POOLS';
  if (auth === undefined || !alone) return undefined;
  return { AMAZON_COGNITO_USER_POOLS: groups(auth.arguments.cognito_groups) };
}

function defaultRule({ defaultMode }: ApiOptions): Rule {
  const denied = defaultMode.type === 'AMAZON_COGNITO_USER_POOLS' && defaultMode.defaultAction === 'DENY';
  return denied ? {} : { [defaultMode.type]: null };
}

function groups(value: unknown): readonly string[] | null {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) && value.length > 0 ? value : null;
}

function allows(rule: Rule, identity: Identity): boolean {
  const needed = rule[identity.mode];
  if (needed === undefined) return false;
  if (needed === null) return true;
  return identity.groups.some(group => needed.includes(group));
}
