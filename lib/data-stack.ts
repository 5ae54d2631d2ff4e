import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { AlarmTopic } from './alarm-topic.ts';
import type { Settings } from './settings.ts';
import { alarmOnTable } from './table-alarms.ts';

export interface DataStackProps {
  settings: Settings;
}

/**
 * The four tables, and the topic that every alarm goes to. Deleting the stack keeps tables and data. Where settings name existing tables,
 * all stacks work on those; the stack's own stay in it, so that other stacks can leave them in one deployment
 * (docs/decisions/119).
 */
export class DataStack extends Stack {
  readonly audit: Table;
  readonly network: Table;
  readonly traffic: Table;
  readonly cache: Table;
  readonly alarms: AlarmTopic;

  constructor(scope: Construct, id: string, { settings }: DataStackProps) {
    super(scope, id, { description: 'Patronus: tables and alarm topic' });
    this.alarms = new AlarmTopic(this, 'Alarms', { email: settings.alarm_email });
    const ownAudit = new Table(this, 'Audit', { ...kept, stream: StreamViewType.NEW_AND_OLD_IMAGES });
    const ownNetwork = new Table(this, 'Network', { ...kept, stream: StreamViewType.NEW_AND_OLD_IMAGES });
    const writeUnits = settings.provisioned_write_units;
    const ownTraffic = new Table(this, 'Traffic', { ...kept, ...billing(writeUnits) });
    const ownCache = new Table(this, 'Cache', { ...rebuildable, ...billing(writeUnits) });
    ownCache.addGlobalSecondaryIndex({
      indexName: EXPIRY_INDEX,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'expires_ms', type: AttributeType.NUMBER },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    if (writeUnits > 0) {
      for (const table of [ownTraffic, ownCache]) followUse(table, writeUnits);
      ownCache
        .autoScaleGlobalSecondaryIndexWriteCapacity(EXPIRY_INDEX, scaling(writeUnits))
        .scaleOnUtilization(USE);
      ownCache.autoScaleGlobalSecondaryIndexReadCapacity(EXPIRY_INDEX, scaling(1)).scaleOnUtilization(USE);
    }
    const { audit, network, traffic, cache } = settings.existing_tables;
    this.audit = this.tableInUse(ownAudit, audit);
    this.network = this.tableInUse(ownNetwork, network);
    this.traffic = this.tableInUse(ownTraffic, traffic === undefined ? undefined : { name: traffic });
    this.cache = this.tableInUse(ownCache, cache === undefined ? undefined : { name: cache });
    for (const table of [this.audit, this.network, this.traffic, this.cache])
      alarmOnTable(this.alarms, table);
  }

  /** The stack's own table, or the existing one that takes its place. */
  private tableInUse(own: Table, existing: { name: string; stream_arn?: string } | undefined): Table {
    if (!existing) return own;
    // Other stacks still import them while this one is deployed.
    const given = [own.tableName, own.tableArn, own.tableStreamArn];
    for (const value of given) if (value !== undefined) this.exportValue(value);
    const { name: tableName, stream_arn: tableStreamArn } = existing;
    const attributes = { tableName, ...(tableStreamArn !== undefined && { tableStreamArn }) };
    // It has all that a table of the stack's own is asked for: name, ARN, stream.
    return Table.fromTableAttributes(this, `Existing${own.node.id}`, attributes) as unknown as Table;
  }
}

const EXPIRY_INDEX = 'by-expiry';

/** Capacity is raised when more than so much of it is used, and lowered when it is less for some time. */
const USE = { targetUtilizationPercent: 70 };

/** By the request, or by the hour from so many units a second on. */
function billing(writeUnits: number): Pick<TableProps, 'billingMode' | 'readCapacity' | 'writeCapacity'> {
  if (writeUnits === 0) return { billingMode: BillingMode.PAY_PER_REQUEST };
  return { billingMode: BillingMode.PROVISIONED, readCapacity: writeUnits, writeCapacity: writeUnits };
}

function followUse(table: Table, units: number): void {
  table.autoScaleWriteCapacity(scaling(units)).scaleOnUtilization(USE);
  table.autoScaleReadCapacity(scaling(units)).scaleOnUtilization(USE);
}

/** DynamoDB's default quota of a table ends it; more has to be asked for. */
const scaling = (minCapacity: number) => ({ minCapacity, maxCapacity: 40_000 });

const common = {
  partitionKey: { name: 'pk', type: AttributeType.STRING },
  sortKey: { name: 'sk', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  encryption: TableEncryption.AWS_MANAGED,
  timeToLiveAttribute: 'expires_at',
} satisfies TableProps;

const kept = {
  ...common,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
} satisfies TableProps;

const rebuildable = { ...common, removalPolicy: RemovalPolicy.DESTROY } satisfies TableProps;
