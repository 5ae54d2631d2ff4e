import type { Template } from './change-template.ts';

/**
 * Has the deployment of a stack fail half-way: every function gets a minute more, and behind them something is waited for that never
 * comes.
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

/** Has a template ask for nothing that MiniStack can't say. */
export function forMiniStack(template: Template): Template {
  return JSON.parse(JSON.stringify(template), (_, value: unknown) => {
    const [id, attribute] = (value as { 'Fn::GetAtt'?: string[] } | null)?.['Fn::GetAtt'] ?? [];
    if (attribute === undefined || !HOSTS.includes(attribute)) return value;
    return { 'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': [id, 'GraphQLUrl'] }] }] };
  }) as Template;
}
