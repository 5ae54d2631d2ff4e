import { SettingError } from './setting-error.ts';

/** One of several systems that can share an account and a region, chosen with `-c stage=…`. */
export interface Stage {
  /** `default`, or its kind, alone or with a name of its own: `prod`, `dev-anna`. */
  name: string;
  /**
   * Whether people depend on it: sign-in, introspection and deployment are then configured for
   * safety rather than convenience.
   */
  production: boolean;
  /**
   * Whether tables, files, stream and people are kept when its stacks are deleted, and are
   * protected from deletion by mistake.
   */
  keepsData: boolean;
  /** Whether CloudFormation refuses to delete its stacks. */
  terminationProtection: boolean;
  /**
   * For names that allow only lower-case letters and must be unique within an account: `patronus`,
   * `patronus-prod`.
   */
  id: string;
  /** Namespace of the metrics that functions publish: `Patronus`, `Patronus/prod`. */
  metricsNamespace: string;
}

type Protection = Pick<Stage, 'production' | 'keepsData' | 'terminationProtection'>;

/** The protection of each kind of stage. There are no other kinds. */
const KINDS = {
  /** The stage without the setting. Systems that were deployed before stages existed have it. */
  default: { production: false, keepsData: true, terminationProtection: false },
  prod: { production: true, keepsData: true, terminationProtection: true },
  /** As strict as production, to test a deployment; temporary. */
  staging: { production: true, keepsData: false, terminationProtection: false },
  dev: { production: false, keepsData: false, terminationProtection: false },
  test: { production: false, keepsData: false, terminationProtection: false },
} as const satisfies Record<string, Protection>;

type Kind = keyof typeof KINDS;

const NAMED = /^(prod|staging|dev|test)(-[a-z0-9]{1,12})?$/;

/** Cognito refuses domains with one of these words. */
const RESERVED = /aws|amazon|cognito/;

/**
 * Reads the setting `stage`.
 * @throws SettingError with the allowed values
 */
export function readStage(given: unknown): Stage {
  const name = given ?? DEFAULT;
  if (name === DEFAULT) {
    return { name, ...KINDS.default, id: 'patronus', metricsNamespace: 'Patronus' };
  }
  const kind = typeof name === 'string' ? (NAMED.exec(name)?.[1] as Kind | undefined) : undefined;
  if (typeof name !== 'string' || kind === undefined || RESERVED.test(name)) throw impossible(given);
  return { name, ...KINDS[kind], id: `patronus-${name}`, metricsNamespace: `Patronus/${name}` };
}

function impossible(given: unknown): SettingError {
  return new SettingError(
    `Setting stage must be default, prod, staging, dev or test, each but default also with a hyphen and 1 to 12 lower-case letters or digits behind it (dev-anna; without aws, amazon and cognito), but is ${JSON.stringify(given)}.`,
  );
}

const DEFAULT = 'default';

/** The stacks of a stage, by subject. */
export const STACK_PARTS = [
  'Data',
  'FlowLog',
  'Export',
  'Ingest',
  'Api',
  'Events',
  'Web',
  'Dashboard',
] as const;

export type StackPart = (typeof STACK_PARTS)[number];

/** The name of a stack: `PatronusData`, `Patronus-prod-Data`. */
export function stackName({ name }: Pick<Stage, 'name'>, part: StackPart): string {
  return name === DEFAULT ? `Patronus${part}` : `Patronus-${name}-${part}`;
}
