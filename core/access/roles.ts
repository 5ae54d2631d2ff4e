import { Unauthorized } from '../errors.ts';
import type { Caller } from './caller.ts';

/** The groups of people, in ascending order of rights; each has the rights of those before it. */
const GROUPS = ['viewer', 'operator', 'admin'] as const;

type Group = (typeof GROUPS)[number];

/** Who may call an operation. `people`: the lowest group that may; null when no person may. */
export interface Access {
  people: Group | null;
  /** Whether machines (IAM) may; the schema's @aws_iam says the same to AppSync. */
  machines: boolean;
}

const forAll: Access = { people: 'viewer', machines: true };
const forPeople: Access = { people: 'viewer', machines: false };
const forOperators: Access = { people: 'operator', machines: false };
const forAdmins: Access = { people: 'admin', machines: false };
const forMachines: Access = { people: null, machines: true };

/** Who may call which operation. A test compares the table with the schema. */
export const ROLES = {
  'Query.policies': forAll,
  'Query.policy': forAll,
  'Query.matchPolicy': forPeople,
  'Query.shadowedPolicies': forPeople,
  'Query.policyImpact': forPeople,
  'Query.policyVersions': forPeople,
  'Query.trafficTotals': forAll,
  'Query.figures': forAll,
  'Query.overview': forPeople,
  'Query.edges': forAll,
  'Query.edge': forAll,
  'Query.edgeBoots': forPeople,
  'Query.auditLog': forPeople,
  'Query.auditEntry': forPeople,
  'Query.changesBetween': forPeople,
  'Query.incidents': forPeople,
  'Query.incident': forPeople,
  'Mutation.createIncident': forOperators,
  'Mutation.removeIncident': forOperators,
  'Query.me': forPeople,
  'Query.users': forAdmins,
  'Mutation.inviteUser': forAdmins,
  'Mutation.setUserGroups': forAdmins,
  'Mutation.setUserEnabled': forAdmins,
  'Query.events': forAll,
  'Query.alarms': forAll,
  'Mutation.acknowledgeAlarm': forOperators,
  'Query.thresholds': forAll,
  'Mutation.setThreshold': forOperators,
  'Mutation.updateThreshold': forOperators,
  'Mutation.removeThreshold': forOperators,
  'Query.destinations': forAdmins,
  'Query.deliveries': forAdmins,
  'Mutation.setDestination': forAdmins,
  'Mutation.updateDestination': forAdmins,
  'Mutation.removeDestination': forAdmins,
  'Mutation.testDestination': forAdmins,
  'Query.mutes': forPeople,
  'Mutation.setMute': forOperators,
  'Mutation.removeMute': forOperators,
  'Query.operations': forPeople,
  // The caller also needs the right to the operation that undoes the change.
  'Mutation.undo': forOperators,
  'Query.policyHistory': forAll,
  'Query.trafficHistory': forAll,
  'Query.trafficPercentile': forAll,
  'Query.trafficSeries': forAll,
  'Query.trafficStats': forAll,
  'Query.trafficCost': forAll,
  'Query.topFlows': forAll,
  'Query.duplicateCounting': forAll,
  'Query.flows': forAll,
  'Query.flowStats': forAll,
  'Query.namedGroups': forAll,
  'Query.flowErasures': forAdmins,
  'Query.pathHistory': forAll,
  'Query.pathLoss': forAll,
  'Query.endpointStats': forAll,
  'Query.trafficAudit': forPeople,
  'Mutation.createPolicy': forOperators,
  'Mutation.updatePolicy': forOperators,
  'Mutation.deletePolicy': forOperators,
  'Mutation.togglePolicy': forOperators,
  'Mutation.restorePolicyVersion': forOperators,
  'Mutation.registerEdge': forOperators,
  'Mutation.retireEdge': forOperators,
  'Mutation.rotateEdgeKey': forAdmins,
  'Mutation.revokeEdgeKey': forAdmins,
  'Mutation.resetPolicyStats': forAdmins,
  'Mutation.resetAllStats': forAdmins,
  'Mutation.undoReset': forAdmins,
  'Mutation.voidBoot': forAdmins,
  'Mutation.undoVoidBoot': forAdmins,
  'Mutation.eraseFlows': forAdmins,
  'Mutation.setPreferences': forPeople,
  'Mutation.saveView': forPeople,
  'Mutation.removeView': forPeople,
  'Mutation.saveNamedGroup': forOperators,
  'Mutation.deleteNamedGroup': forOperators,
  'Query.cacheStats': forAll,
  'Query.cacheHistory': forAll,
  'Mutation.clearCache': forAdmins,
  'Mutation.warmCaches': forOperators,
  'Query.routingDecision': forAll,
  'Query.routingDecisions': forAll,
  'Query.policyRouting': forAll,
  'Mutation.setPolicyRouting': forOperators,
  'Mutation.failoverPath': forOperators,
  'Mutation.restorePath': forOperators,
  'Mutation.checkPathHealth': forOperators,
  'Query.pendingCommands': forMachines,
  'Query.edgeRoutes': forMachines,
  'Query.ownEdge': forMachines,
  'Mutation.acknowledgeCommand': forMachines,
  'Mutation.reportProbe': forMachines,
  'Query.sites': forAll,
  'Query.site': forAll,
  'Query.siteCount': forAll,
  'Query.paths': forAll,
  'Query.allPaths': forAll,
  'Query.pathMatrix': forAll,
  'Query.countSitePaths': forPeople,
  'Query.siteDeletionPreview': forPeople,
  'Query.deletedSites': forPeople,
  'Mutation.createSite': forOperators,
  'Mutation.updateSite': forOperators,
  'Mutation.addEndpoint': forOperators,
  'Mutation.updateEndpoint': forOperators,
  'Mutation.removeEndpoint': forOperators,
  'Mutation.createPath': forOperators,
  'Mutation.deletePath': forOperators,
  'Mutation.deleteSite': forAdmins,
  'Mutation.deleteSites': forAdmins,
  'Mutation.restoreSite': forAdmins,
  'Query.export': forPeople,
  'Query.exports': forPeople,
  'Mutation.startExport': forPeople,
  'Mutation.exportLink': forPeople,
  'Mutation.cancelExport': forPeople,
} as const satisfies Record<string, Access>;

/**
 * Operations without a function: subscribers get what a machine sends. AppSync checks signatures.
 */
export const PUBLICATIONS = {
  'Mutation.publishEvent': forMachines,
  'Mutation.publishFigures': forMachines,
  'Mutation.publishCommand': forMachines,
  'Mutation.publishEdgeNews': forMachines,
} as const satisfies Record<string, Access>;

export type OperationName = keyof typeof ROLES;

/** The mutations by their GraphQL names, such as `deletePolicy`. */
export type MutationName = FieldOfMutation<OperationName>;

type FieldOfMutation<Name> = Name extends `Mutation.${infer Field}` ? Field : never;

/** @throws Unauthorized, which names the group that may call the operation */
export function authorize(operation: OperationName, caller: Caller): void {
  const access: Access = ROLES[operation];
  if (allows(access, caller)) return;
  throw new Unauthorized(refusal(operation.split('.')[1]!, access, caller));
}

/** The GraphQL names of the operations that a caller may call, such as `deletePolicy`, sorted. */
export function allowedOperations(caller: Caller): string[] {
  const names = Object.entries(ROLES).filter(([, access]) => allows(access, caller));
  return names.map(([name]) => name.split('.')[1]!).sort();
}

function allows(access: Access, caller: Caller): boolean {
  return caller.kind === 'MACHINE' ? access.machines : isInGroup(access.people, caller.groups);
}

/** Whether a caller has the rights of operators. */
export function isOperator({ groups }: Caller): boolean {
  return isInGroup('operator', groups);
}

function isInGroup(needed: Group | null, groups: string[]): boolean {
  if (needed === null) return false;
  return GROUPS.slice(GROUPS.indexOf(needed)).some(group => groups.includes(group));
}

function refusal(operation: string, { people }: Access, caller: Caller): string {
  if (people === null) return `${operation} is for machines only (IAM).`;
  if (caller.kind === 'MACHINE') return `${operation} is for people only: sign in as one of group ${people}.`;
  const groups = caller.groups.length === 0 ? 'in no group' : `in ${caller.groups.join(', ')}`;
  return `${operation} needs group ${people}, and you are ${groups}. Ask an administrator for it.`;
}
