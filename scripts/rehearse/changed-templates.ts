import type { Template } from './change-template.ts';

/**
 * Has the deployment of a stack fail half-way: every function gets a minute more, and behind them
 * something is waited for that never comes.
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

/** Attributes of an AppSync API that MiniStack lacks: both are the host of its address there. */
const HOSTS = ['GraphQLDns', 'RealtimeDns'];

/**
 * Has a template ask for nothing that MiniStack 1.5.33 can't do: hosts of an API are taken from its
 * address, grants aren't held to leading keys, and schedules rest, since it would call functions
 * without the time that they were due.
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
