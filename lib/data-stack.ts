import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
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
import { AccessLogs } from './access-logs.ts';
import { AlarmTopic } from './alarm-topic.ts';
import type { Settings } from './settings.ts';
import type { Stage } from './stage.ts';
import { alarmOnTable } from './table-alarms.ts';

export interface DataStackProps {
  settings: Settings;
}

/**
 * The four tables, and the topic of all alarms. Deleting the stack keeps tables and data, except in
 * temporary stages. If settings name existing tables, all stacks use those; the stack keeps its own
 * ones, so that other stacks can switch in one deployment (docs/decisions/119).
 */
export class DataStack extends Stack {
  readonly audit: Table;
  readonly network: Table;
  readonly traffic: Table;
  readonly cache: Table;
  readonly alarms: AlarmTopic;
  readonly stage: Stage;
  /** Logs of accesses to buckets; undefined: accesses are not logged. */
  readonly accessLogs: AccessLogs | undefined;

  constructor(scope: Construct, id: string, { settings }: DataStackProps) {
    const { stage } = settings;
    super(scope, id, { description: 'Patronus: tables and alarm topic' });
    this.stage = stage;
    const days = settings.access_log_days;
    this.accessLogs = days > 0 ? new AccessLogs(this, 'AccessLogs', { stage, days }) : undefined;
    this.alarms = new AlarmTopic(this, 'Alarms', { email: settings.alarm_email });
    new CfnOutput(this, 'AlarmTopicArn', {
      value: this.alarms.topic.topicArn,
      description: 'Topic of all alarms of the system: subscribe to it',
    });
    const kept = keptIn(stage);
    const streamed = { ...kept, stream: StreamViewType.NEW_AND_OLD_IMAGES };
    const ownAudit = new Table(this, 'Audit', streamed);
    const ownNetwork = new Table(this, 'Network', streamed);
    const ownTraffic = this.makeTraffic(kept, settings.provisioned_write_units);
    const ownCache = new Table(this, 'Cache', rebuildable);
    ownCache.addGlobalSecondaryIndex({
      indexName: EXPIRY_INDEX,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'expires_ms', type: AttributeType.NUMBER },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    const { audit, network, traffic, cache } = settings.existing_tables;
    this.audit = this.tableInUse(ownAudit, audit);
    this.network = this.tableInUse(ownNetwork, network);
    this.traffic = this.tableInUse(ownTraffic, traffic === undefined ? undefined : { name: traffic });
    this.cache = this.tableInUse(ownCache, cache === undefined ? undefined : { name: cache });
    for (const table of [this.audit, this.network, this.traffic, this.cache])
      alarmOnTable(this.alarms, table);
  }

  /**
   * The table is billed per request, or per hour with an initial capacity that follows the load.
   */
  private makeTraffic(kept: TableProps, writeUnits: number): Table {
    if (writeUnits === 0) return new Table(this, 'Traffic', kept);
    const readUnits = Math.ceil(writeUnits / WRITES_A_READ);
    const table = new Table(this, 'Traffic', {
      ...kept,
      billingMode: BillingMode.PROVISIONED,
      readCapacity: readUnits,
      writeCapacity: writeUnits,
    });
    table.autoScaleWriteCapacity(scaling(writeUnits)).scaleOnUtilization(USE);
    table.autoScaleReadCapacity(scaling(readUnits)).scaleOnUtilization(USE);
    return table;
  }

  /** The stack's own table, or the existing one that replaces it. */
  private tableInUse(own: Table, existing: { name: string; stream_arn?: string } | undefined): Table {
    if (!existing) return own;
    // Other stacks still import these values while this one is deployed.
    const given = [own.tableName, own.tableArn, own.tableStreamArn];
    for (const value of given) if (value !== undefined) this.exportValue(value);
    const { name: tableName, stream_arn: tableStreamArn } = existing;
    const attributes = { tableName, ...(tableStreamArn !== undefined && { tableStreamArn }) };
    // It has all properties that are used: name, ARN, stream.
    return Table.fromTableAttributes(this, `Existing${own.node.id}`, attributes) as unknown as Table;
  }
}

const EXPIRY_INDEX = 'by-expiry';

/**
 * Capacity is raised when its use exceeds this share, and lowered when its use is lower for some
 * time.
 */
const USE = { targetUtilizationPercent: 70 };

/**
 * Ratio of writes to reads. A network with few flows reads a third of what it writes, and a quarter
 * while no one uses the console.
 */
const WRITES_A_READ = 4;

/** The maximum is DynamoDB's default quota of a table. */
const scaling = (minCapacity: number) => ({ minCapacity, maxCapacity: 40_000 });

const common = {
  partitionKey: { name: 'pk', type: AttributeType.STRING },
  sortKey: { name: 'sk', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  encryption: TableEncryption.AWS_MANAGED,
  timeToLiveAttribute: 'expires_at',
} satisfies TableProps;

/**
 * For tables that can't be rebuilt: they can be restored, and in stages that keep their data they
 * can't be deleted.
 */
function keptIn({ keepsData }: Stage): TableProps {
  return {
    ...common,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: keepsData,
    removalPolicy: keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  };
}

const rebuildable = { ...common, removalPolicy: RemovalPolicy.DESTROY } satisfies TableProps;
