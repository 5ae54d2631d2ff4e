import type { RecorderInterval } from '../../core/recorder/recorder.ts';
import { encodeReport } from '../../core/report/encode-report.ts';
import type { PathReport, Report } from '../../core/report/report.ts';
import { fitsParts, type Pair, partsNeeded } from '../../core/report/report-parts.ts';
import type { SignRecord } from '../../core/report/sign-record.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';
import { rfc3339 } from '../../core/time/rfc3339.ts';
import type { FlowRecord } from '../../core/totals/flow-record.ts';
import { limitFlows, OTHER_FLOWS } from '../../core/totals/other-flows.ts';
import { type PathCounts, subtractPathCounts } from '../../core/totals/path-counts.ts';
import type { PolicyTotals } from '../../core/totals/policy-totals.ts';
import type { Spool } from '../spool/spool.ts';
import { DEFAULT_LISTED_FLOWS } from './listed-flows.ts';
import type { OutgoingRecord } from './record-sender.ts';
import { SendQueue } from './send-queue.ts';

export interface ReporterOptions {
  edge_id: string;
  site_id: string;
  /**
   * Makes the id of the first boot (`boot` 1), and of later ones, which start when a report needs
   * more parts.
   */
  makeBootId: (boot: number) => string;
  interval_s: number;
  spool: Spool;
  sender: { send(records: readonly OutgoingRecord[]): Promise<void> };
  /** The destination of reports, as stored in the spool. */
  destination: string;
  policies_version?: string;
  /** Expected pairs, so that a boot's parts have room for them from the start. */
  expected_pairs?: readonly Pair[];
  listed_flows?: number;
  /** Signs each record when it is sent; without it, records are not signed. */
  sign?: SignRecord;
  /** Whether all counts of this run are scaled from samples. */
  estimated?: boolean;
  /** Called when the stream has accepted a report of this run. */
  onSent?: (report: Report) => void;
  clock?: Clock;
}

/** The position of a boot: its last report. */
export interface ReportPosition {
  boot_id: string;
  /** 0 before the first report. */
  seq: number;
  parts: number;
}

type Totals = Pick<PolicyTotals, 'packets' | 'bytes'>;

interface Boot extends ReportPosition {
  /** Absolute totals at its start, which are not its own. */
  baseline: Map<string, PolicyTotals>;
  path_baseline: Map<string, PathCounts>;
}

/**
 * Makes reports of a recorder's counts and delivers them to the stream: every report is in the
 * spool before it is sent, reports of earlier runs are sent first, and at most one report that was
 * sent before and one newer report wait. A newer report replaces one that was never sent and
 * includes its flows. A report that was sent stays unchanged until it is acknowledged, so that its
 * flows are never logged twice.
 */
export class Reporter {
  readonly #options: ReporterOptions & { clock: Clock; listed_flows: number };
  readonly #queue: SendQueue;
  #boot: Boot | undefined;
  /** Id of a boot that the next report must not continue. */
  #endedBoot: string | undefined;
  #reported: Totals = { packets: 0n, bytes: 0n };
  #boots = 0;
  /** Absolute totals of the last report. */
  #last: PolicyTotals[] = [];
  readonly #lastPaths = new Map<string, PathCounts>();
  #collectPaths: () => PathReport[] = () => [];
  #carried: FlowRecord[] = [];
  /** Reports are made one after another, in the order of the calls. */
  #turn: Promise<void> = Promise.resolve();
  #policiesVersion: string;
  #expected: readonly Pair[];

  private constructor(options: ReporterOptions, queue: SendQueue) {
    this.#options = { clock: systemClock, listed_flows: DEFAULT_LISTED_FLOWS, ...options };
    this.#queue = queue;
    this.#policiesVersion = options.policies_version ?? '0';
    this.#expected = options.expected_pairs ?? [];
  }

  /** Starts by sending reports that earlier runs left in the spool. */
  static async start(options: ReporterOptions): Promise<Reporter> {
    return new Reporter(options, await SendQueue.open(options));
  }

  /** Number of reports of earlier runs for other systems, which stay in the spool. */
  get foreignReports(): number {
    return this.#queue.foreignReports;
  }

  /** The site that reports name. */
  get site_id(): string {
    return this.#options.site_id;
  }

  get position(): ReportPosition {
    const { boot_id = '', seq = 0, parts = 0 } = this.#boot ?? {};
    return { boot_id, seq, parts };
  }

  /** Totals of the boot in the last report, all policies together. */
  get reported(): Totals {
    return this.#reported;
  }

  /**
   * Ends a boot if it is the current one: the next report starts another boot, which counts from
   * the last report.
   */
  endBoot(boot_id: string): void {
    this.#endedBoot = boot_id;
  }

  /** Sets the applied policies: later reports contain their version and expect these pairs. */
  setPolicies(policies_version: string, expected_pairs: readonly Pair[]): void {
    this.#policiesVersion = policies_version;
    this.#expected = expected_pairs;
  }

  /**
   * Sets the function that provides the entries of paths, with totals since the start of the run.
   * It is called once per report.
   */
  reportPaths(collect: () => PathReport[]): void {
    this.#collectPaths = collect;
  }

  /**
   * Returns when the report is stored in the spool; it is sent in the background.
   * @throws SpoolError
   */
  report(interval: RecorderInterval): Promise<void> {
    const reported = this.#turn.then(() => this.#report(interval));
    this.#turn = reported.catch(() => {});
    return reported;
  }

  /** Returns when the stream has accepted every report. @throws SendFailed */
  async settled(): Promise<void> {
    await this.#turn;
    return this.#queue.settled();
  }

  async #report(interval: RecorderInterval): Promise<void> {
    const paths = this.#collectPaths();
    const boot = this.#bootFor({ pairs: interval.policies, paths });
    const own = interval.policies.map(totals => sinceBoot(totals, boot)).filter(hasAnything);
    const whole = {
      ...this.#compose(boot, own, interval),
      paths: paths.map(path => pathSinceBoot(path, boot)),
    };
    // Kept until the report is stored: if that fails, the next report includes them.
    this.#carried = whole.flows;
    await this.#queue.add(whole, encodeReport, this.#options.listed_flows);
    this.#carried = [];
    this.#last = interval.policies;
    this.#reported = sumOf(own);
    for (const path of paths) this.#lastPaths.set(path.path_id, path);
  }

  #compose(boot: Boot, policies: PolicyTotals[], interval: RecorderInterval): Omit<Report, 'paths'> {
    const { edge_id, site_id, interval_s, listed_flows, estimated, clock } = this.#options;
    const sent_at = rfc3339(clock());
    const flows = [...this.#carried, ...interval.flows, ...unlistedRecords(interval, sent_at)];
    return {
      v: 1,
      edge_id,
      site_id,
      boot_id: boot.boot_id,
      seq: ++boot.seq,
      part: 0,
      parts: boot.parts,
      sent_at,
      interval_s,
      policies_version: this.#policiesVersion,
      ...(estimated && { estimated }),
      policies,
      flows: limitFlows(flows, listed_flows),
    };
  }

  /** The current boot, or a new one if pairs and paths no longer fit its parts. */
  #bootFor({ pairs, paths }: { pairs: readonly PolicyTotals[]; paths: readonly PathReport[] }): Boot {
    const present = this.#boot;
    const goesOn = present && present.boot_id !== this.#endedBoot;
    if (goesOn && fitsParts({ pairs: pairsSince(pairs, present), paths }, present.parts)) return present;
    const boot: Boot = {
      boot_id: this.#options.makeBootId(++this.#boots),
      seq: 0,
      parts: 1,
      baseline: new Map(this.#last.map(totals => [keyOf(totals), totals])),
      path_baseline: new Map(this.#lastPaths),
    };
    boot.parts = partsNeeded({ pairs: [...pairsSince(pairs, boot), ...this.#expected], paths });
    this.#boot = boot;
    return boot;
  }
}

function pairsSince(pairs: readonly PolicyTotals[], boot: Boot): PolicyTotals[] {
  return pairs.filter(totals => hasAnything(sinceBoot(totals, boot)));
}

function sinceBoot(totals: PolicyTotals, { baseline }: Boot): PolicyTotals {
  const start = baseline.get(keyOf(totals));
  if (!start) return totals;
  return { ...totals, packets: totals.packets - start.packets, bytes: totals.bytes - start.bytes };
}

function pathSinceBoot(path: PathReport, { path_baseline }: Boot): PathReport {
  const start = path_baseline.get(path.path_id);
  return start ? { ...path, ...subtractPathCounts(path, start) } : path;
}

function sumOf(totals: readonly Totals[]): Totals {
  return {
    packets: totals.reduce((sum, { packets }) => sum + packets, 0n),
    bytes: totals.reduce((sum, { bytes }) => sum + bytes, 0n),
  };
}

function hasAnything({ packets, bytes, active_flows }: PolicyTotals): boolean {
  return packets > 0n || bytes > 0n || active_flows > 0;
}

function keyOf({ policy_id, endpoint_id }: Pair): string {
  return `${policy_id}\u0000${endpoint_id}`;
}

// Unlisted traffic has no times of its own; its times are those of the interval.
function unlistedRecords({ flows, unlisted }: RecorderInterval, sent_at: string): FlowRecord[] {
  const first = flows.reduce((least, flow) => (flow.first < least ? flow.first : least), sent_at);
  const last = flows.reduce((most, flow) => (flow.last > most ? flow.last : most), first);
  return unlisted.map(({ policy_id, endpoint_id, packets, bytes }) => ({
    policy_id,
    endpoint_id,
    src: OTHER_FLOWS,
    src_port: 0,
    dst: OTHER_FLOWS,
    dst_port: 0,
    protocol: 0,
    packets,
    bytes,
    first,
    last,
  }));
}
