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

/** The three tables, and the topic that every alarm goes to. Deleting the stack keeps tables and data. */
export class DataStack extends Stack {
  readonly network: Table;
  readonly traffic: Table;
  readonly cache: Table;
  readonly alarms: AlarmTopic;

  constructor(scope: Construct, id: string, { settings }: DataStackProps) {
    super(scope, id, { description: 'Patronus: tables and alarm topic' });
    this.alarms = new AlarmTopic(this, 'Alarms', { email: settings.alarm_email });
    this.network = new Table(this, 'Network', { ...kept, stream: StreamViewType.NEW_AND_OLD_IMAGES });
    this.traffic = new Table(this, 'Traffic', kept);
    this.cache = new Table(this, 'Cache', rebuildable);
    this.cache.addGlobalSecondaryIndex({
      indexName: 'by-expiry',
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'expires_ms', type: AttributeType.NUMBER },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    for (const table of [this.network, this.traffic, this.cache]) alarmOnTable(this.alarms, table);
  }
}

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
