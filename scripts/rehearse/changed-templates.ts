import type { Template } from './change-template.ts';

/**
 * Makes the deployment of a stack fail half-way: every function gets one more minute of time limit,
 * and after them a wait condition is never signalled.
 */
export function spoilt({ Resources, ...rest }: Template): Template {
  const entries = Object.entries(Resources).map(([id, resource]) => {
    if (resource.Type !== 'AWS::Lambda::Function') return [id, resource] as const;
    const Timeout = Number(resource.Properties!.Timeout) + 60;
    return [id, { ...resource, Properties: { ...resource.Properties, Timeout } }] as const;
  });
  return {
    ...rest,
    Resources: {
      ...Object.fromEntries(entries),
      Signal: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
      NeverSignalled: {
        Type: 'AWS::CloudFormation::WaitCondition',
        Properties: { Handle: { Ref: 'Signal' }, Timeout: '1' },
        DependsOn: entries.filter(([, { Type }]) => Type === 'AWS::Lambda::Function').map(([id]) => id),
      },
    },
  };
}

/** Attributes of an AppSync API that MiniStack lacks; there both are the host of its address. */
const HOSTS = ['GraphQLDns', 'RealtimeDns'];

/**
 * Adapts a template to MiniStack 1.5.33: hosts of an API are derived from its address, grants have
 * no condition on leading keys, and schedules are disabled, because MiniStack would call functions
 * without their due time.
 */
export function forMiniStack(template: Template): Template {
  return JSON.parse(JSON.stringify(template), (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    return resting(withoutLeadingKeys(hostOf(value)));
  }) as Template;
}

function hostOf(value: { 'Fn::GetAtt'?: string[] }): object {
  const [id, attribute] = value['Fn::GetAtt'] ?? [];
  if (attribute === undefined || !HOSTS.includes(attribute)) return value;
  return { 'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': [id, 'GraphQLUrl'] }] }] };
}

function withoutLeadingKeys(value: { Effect?: string; Condition?: object }): object {
  const { Condition, ...rest } = value;
  const isHeld = value.Effect === 'Allow' && JSON.stringify(Condition ?? {}).includes('dynamodb:LeadingKeys');
  return isHeld ? rest : value;
}

function resting(value: { Type?: string; Properties?: object }): object {
  if (value.Type !== 'AWS::Scheduler::Schedule') return value;
  return { ...value, Properties: { ...value.Properties, State: 'DISABLED' } };
}
