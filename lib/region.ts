import { RegionInfo } from 'aws-cdk-lib/region-info';
import { SettingError } from './setting-error.ts';

/**
 * Regions in which CloudFormation lacks resources of a service that the stacks need, by cfn-lint
 * 1.58.0, which has them from CloudFormation's registry of each region (docs/decisions/231).
 */
const MISSING: readonly { service: string; regions: readonly string[] }[] = [
  {
    service: 'AWS AppSync',
    regions: ['ap-east-2', 'ap-southeast-6', 'mx-central-1', 'us-gov-east-1', 'us-gov-west-1'],
  },
  { service: 'Amazon Cognito user pools', regions: ['cn-north-1', 'cn-northwest-1'] },
];

/**
 * Checks the region of the deployment. Without a region, as on one machine, there is nothing to
 * check.
 * @throws SettingError if the region does not exist, or lacks a service
 */
export function checkRegion(region: string | undefined): void {
  if (region === undefined || region === '') return;
  const regions = RegionInfo.regions.map(({ name }) => name);
  if (!regions.includes(region)) {
    throw new SettingError(
      `Region ${region} is unknown to this release's AWS CDK. It may be one of ${regions.join(', ')}.`,
    );
  }
  const missing = MISSING.filter(entry => entry.regions.includes(region)).map(({ service }) => service);
  if (missing.length > 0) {
    const without = new Set(MISSING.flatMap(entry => entry.regions));
    throw new SettingError(
      `Region ${region} has no ${missing.join(' and no ')}, which Patronus needs. It may be one of ${regions.filter(name => !without.has(name)).join(', ')}.`,
    );
  }
}
