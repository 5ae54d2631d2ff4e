import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

export interface WebFirewallProps {
  /**
   * Requests that an address may make in {@link WINDOW_SECONDS}; what is above is refused with 403.
   */
  requests_an_address: number;
  /** ARNs of what it stands before, by a name for each. */
  protects: Record<string, string>;
}

/** WAF counts requests over so long. */
const WINDOW_SECONDS = 300;

/**
 * Amazon's lists that fit GraphQL. Those of common web attacks don't: they refuse bodies above 8 KB
 * and texts that look like markup or paths, which names of sites may.
 */
const MANAGED = ['AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesKnownBadInputsRuleSet'];

/**
 * Rules before the API and the sign-in: an address makes so many requests, and known attackers
 * none.
 */
export class WebFirewall extends Construct {
  constructor(scope: Construct, id: string, { requests_an_address, protects }: WebFirewallProps) {
    super(scope, id);
    const acl = new CfnWebACL(this, 'Rules', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visible('Firewall'),
      rules: [
        {
          name: 'RequestsAnAddress',
          priority: 0,
          action: { block: {} },
          statement: {
            rateBasedStatement: {
              aggregateKeyType: 'IP',
              evaluationWindowSec: WINDOW_SECONDS,
              limit: requests_an_address,
            },
          },
          visibilityConfig: visible('RequestsAnAddress'),
        },
        ...MANAGED.map((name, index) => ({
          name,
          priority: index + 1,
          overrideAction: { none: {} },
          statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
          visibilityConfig: visible(name),
        })),
      ],
    });
    for (const [name, resourceArn] of Object.entries(protects)) {
      new CfnWebACLAssociation(this, name, { resourceArn, webAclArn: acl.attrArn });
    }
  }
}

/** Samples would keep requests with their tokens. */
function visible(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
