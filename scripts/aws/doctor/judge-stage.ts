import { type Finding, note, ok, wrong } from './finding.ts';

export interface StackState {
  name: string;
  /** CloudFormation's status; undefined: there is no stack. */
  status: string | undefined;
  drift: string | undefined;
  /** Whether the stage works without it. */
  optional: boolean;
}

const AT_REST = /^(CREATE|UPDATE|IMPORT)_COMPLETE$/;

export function judgeStack({ name, status, drift, optional }: StackState): Finding | undefined {
  if (status === undefined) {
    if (optional) return undefined;
    return wrong(name, 'is not deployed', 'Deploy the stage: npx cdk deploy --all -c stage=….');
  }
  if (/_IN_PROGRESS$/.test(status)) {
    return note(
      name,
      `is being changed (${status})`,
      'Wait until the deployment is complete, then check again.',
    );
  }
  if (!AT_REST.test(status)) {
    return wrong(
      name,
      `is ${status}`,
      'Read the reason in its CloudFormation events, correct it and deploy again; docs/deploying.md explains each state.',
    );
  }
  if (drift === 'DRIFTED') {
    return note(name, 'differs from its template', 'See the drift in CloudFormation, and deploy again.');
  }
  return ok(name, status);
}

export interface Subscription {
  protocol: string;
  endpoint: string;
  /** Whether the subscriber has confirmed it. */
  confirmed: boolean;
}

export function judgeSubscriptions(subscriptions: readonly Subscription[]): Finding {
  const check = 'alarms reach';
  const shown = ({ protocol, endpoint }: Subscription) => `${protocol} ${endpoint}`;
  const pending = subscriptions.filter(({ confirmed }) => !confirmed).map(shown);
  const confirmed = subscriptions.filter(subscription => subscription.confirmed).map(shown);
  const confirm =
    'Open the mail "AWS Notification - Subscription Confirmation" and follow its link; look for it in spam.';
  if (confirmed.length === 0 && pending.length === 0) {
    return wrong(check, 'no one', 'Deploy with -c alarm_email=…, or subscribe to the topic AlarmTopicArn.');
  }
  if (confirmed.length === 0) return wrong(check, `no one: ${pending.join(', ')} not confirmed`, confirm);
  if (pending.length > 0) {
    return note(check, `${confirmed.join(', ')}; ${pending.join(', ')} not confirmed`, confirm);
  }
  return ok(check, confirmed.join(', '));
}

/** @param on names of the alarms in state ALARM */
export function judgeAlarms(on: readonly string[], count: number): Finding {
  if (count === 0) return wrong('alarms', 'there are none', 'Deploy the stage again.');
  if (on.length === 0) return ok('alarms', `none of ${count} is on`);
  return wrong('alarms', `${on.join(', ')} on`, 'docs/runbook.md has a section for each alarm.');
}

export interface StreamState {
  status: string;
  open_shards: number;
  encrypted: boolean;
}

export function judgeStream({ status, open_shards, encrypted }: StreamState): Finding {
  const says = `${status}, ${open_shards} shards, ${encrypted ? 'encrypted' : 'not encrypted'}`;
  if (status !== 'ACTIVE') return note('stream', says, 'Wait until it is ACTIVE, then check again.');
  if (encrypted) return ok('stream', says);
  return note(
    'stream',
    says,
    'Reports are not encrypted at rest: deploy with -c encrypt_stream=true if they should be.',
  );
}

export interface TableState {
  name: string;
  status: string;
  provisioned: boolean;
  /** Whether its units scale with use. */
  scaled: boolean;
  deletion_protection: boolean;
}

/** @param keepsData whether the stage's data must be protected from deletion */
export function judgeTables(tables: readonly TableState[], { keepsData }: { keepsData: boolean }): Finding[] {
  const findings = tables.flatMap(({ name, status, provisioned, scaled, deletion_protection }) => {
    if (status !== 'ACTIVE')
      return [note(name, `is ${status}`, 'Wait until it is ACTIVE, then check again.')];
    if (provisioned && !scaled) {
      return [wrong(name, 'has fixed units that do not scale with use', 'Deploy the data stack again.')];
    }
    if (keepsData && !deletion_protection) {
      return [wrong(name, 'can be deleted by mistake', 'Deploy the data stack again.')];
    }
    return [];
  });
  return findings.length > 0 ? findings : [ok('tables', `${tables.length} ACTIVE`)];
}

export function judgeQueues(queues: readonly { name: string; messages: number }[]): Finding {
  const full = queues.filter(({ messages }) => messages > 0);
  if (full.length === 0) return ok('dead letters', `none in ${queues.length} queues`);
  const shown = full.map(({ name, messages }) => `${messages} in ${name}`).join(', ');
  return wrong(
    'dead letters',
    shown,
    "The section of the queue's alarm in docs/runbook.md explains how to handle and clear them.",
  );
}

export function judgeErrors(functions: readonly { name: string; errors: number }[]): Finding {
  const failing = functions.filter(({ errors }) => errors > 0);
  if (failing.length === 0)
    return ok('function errors', `none in 24 hours, of ${functions.length} functions`);
  const shown = failing.map(({ name, errors }) => `${errors} of ${name}`).join(', ');
  return note('function errors', `${shown} in 24 hours`, 'See their logs in CloudWatch.');
}

export function judgeSources(sources: readonly { function: string; state: string }[]): Finding {
  const stopped = sources.filter(({ state }) => state !== 'Enabled');
  if (stopped.length === 0) return ok('streams read', `${sources.length} triggers enabled`);
  const shown = stopped.map(source => `${source.function} is ${source.state}`).join(', ');
  return wrong(
    'streams read',
    shown,
    'Until then nothing is counted or published: enable the trigger, or deploy again.',
  );
}

export function judgeAdmins(count: number, stage: string): Finding {
  if (count > 0) return ok('administrators', String(count));
  return wrong('administrators', 'there is none', `npm run aws -- admin EMAIL${stage}`);
}
