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
 * The four tables, and the topic that every alarm goes to. Deleting the stack keeps tables and
 * data, but of a stage that is thrown away. Where settings name existing tables, all stacks work on
 * those; the stack's own stay in it, so that other stacks can leave them in one deployment
 * (docs/decisions/119).
 */
export class DataStack extends Stack {
  readonly audit: Table;
  readonly network: Table;
  readonly traffic: Table;
  readonly cache: Table;
  readonly alarms: AlarmTopic;
  readonly stage: Stage;
  /** Where the accesses of buckets are logged; undefined: they aren't. */
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
      description: 'Where every alarm of the system goes: subscribe to it',
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
   * Billed by the request, or by the hour from so many units a second on, which then follow the
   * use.
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

/**
 * Capacity is raised when more than so much of it is used, and lowered when it is less for some
 * time.
 */
const USE = { targetUtilizationPercent: 70 };

/**
 * A network reads less than it writes: with few flows a third, a quarter while nothing is looked
 * at.
 */
const WRITES_A_READ = 4;

/** DynamoDB's default quota of a table ends it; more has to be asked for. */
const scaling = (minCapacity: number) => ({ minCapacity, maxCapacity: 40_000 });

const common = {
  partitionKey: { name: 'pk', type: AttributeType.STRING },
  sortKey: { name: 'sk', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  encryption: TableEncryption.AWS_MANAGED,
  timeToLiveAttribute: 'expires_at',
} satisfies TableProps;

/**
 * What can't be rebuilt: it can be restored, and in a stage that keeps its data it can't be deleted
 * either.
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
