import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

export interface WebFirewallProps {
  /**
   * Maximum number of requests of an address in {@link WINDOW_SECONDS}; further ones are refused
   * with 403.
   */
  requests_an_address: number;
  /** ARNs of the protected resources, by name. */
  protects: Record<string, string>;
}

/** The time over which WAF counts requests. */
const WINDOW_SECONDS = 300;

/**
 * Amazon's rule lists that are suitable for GraphQL. Lists against common web attacks are not: they
 * refuse bodies above 8 KB, and texts that look like markup or paths, such as some names of sites.
 */
const MANAGED = ['AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesKnownBadInputsRuleSet'];

/**
 * Rules in front of the API and the sign-in: they limit the requests of an address and block known
 * attackers.
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

/** Samples would store requests with their tokens. */
function visible(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
