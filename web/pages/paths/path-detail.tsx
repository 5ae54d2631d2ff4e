import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError } from '../../data/errors.ts';
import { useMay } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Bytes, Time } from '../../parts/figures.tsx';
import { bitsPerSecond, milliseconds, percent } from '../../parts/format.ts';
import { Empty, Loaded } from '../../parts/panel.tsx';
import { PathStatus } from '../../parts/path-status.tsx';
import { counted } from './counted.ts';
import { FailoverActions } from './failover-actions.tsx';
import { FailoverReceipt, type Receipt } from './failover-receipt.tsx';
import { PATH_BESIDE } from './operations.ts';
import { PathHistory } from './path-history.tsx';
import { PathLoss } from './path-loss.tsx';
import { pathName, pathNames, type SiteNames, siteNames } from './path-name.ts';
import { WhyThisPath } from './why-this-path.tsx';

export interface PathDetailProps {
  path_id: string;
  onClose(): void;
}

/**
 * One path: its state, the reasons for its use, its loss, and buttons to take it out of use and
 * to return it.
 */
export function PathDetail({ path_id, onClose }: PathDetailProps) {
  const answer = useAnswer(
    PATH_BESIDE,
    { path_id },
    { changedBy: ['PATH', 'SITE', 'ENDPOINT', 'POLICY'], everyMs: 60_000 },
  );
  const isGone = answer.error instanceof ApiError && answer.error.type === 'NotFound';
  const found = answer.data?.data.allPaths;
  const path = found?.items.find(({ id }) => id === path_id);
  const names = siteNames(found?.sites ?? []);
  const title = path ? <bdi>{pathName(path, names)}</bdi> : 'Path';
  return (
    <Dialog title={title} place="side" onClose={onClose}>
      {isGone ? (
        <Empty>This path no longer exists.</Empty>
      ) : (
        <Loaded data={path} error={answer.error} onRetry={() => void answer.refetch()}>
          {shown => <Detail path={shown} names={names} pathNames={pathNames(found!.items, names)} />}
        </Loaded>
      )}
    </Dialog>
  );
}

interface DetailProps {
  path: {
    id: string;
    source_site_id: string;
    destination_site_id: string;
    status: Parameters<typeof PathStatus>[0]['status'];
    out_for: string[];
    policies: string[] | null;
    maintenance: { since: string; until: string | null } | null;
    metrics: {
      latency_ms: number;
      jitter_ms: number;
      packet_loss_pct: number;
      settled_score: number;
      measured_at: string;
    } | null;
    traffic: {
      tx_bytes_exact: string;
      rx_bytes_exact: string;
      tx_bits_per_second: number | null;
      rx_bits_per_second: number | null;
    } | null;
  };
  names: SiteNames;
  /** Names of the paths between its two sites, by their ids. */
  pathNames: ReadonlyMap<string, string>;
}

function Detail({ path, names, pathNames }: DetailProps) {
  const { metrics, traffic, maintenance } = path;
  const may = useMay();
  const [receipt, setReceipt] = useState<Receipt>();
  return (
    <div className="stack">
      <dl className="tiles">
        <Fact name="Status">
          <PathStatus status={path.status} />
        </Fact>
        <Fact name="Score">{metrics ? `${Math.round(metrics.settled_score)} of 100` : '–'}</Fact>
        <Fact name="Round trip">{milliseconds(metrics?.latency_ms)}</Fact>
        <Fact name="Jitter">{milliseconds(metrics?.jitter_ms)}</Fact>
        <Fact name="Loss">{percent(metrics?.packet_loss_pct)}</Fact>
        <Fact name="Measured">
          <Time at={metrics?.measured_at} relative />
        </Fact>
        <Fact name="Sends">
          {bitsPerSecond(traffic?.tx_bits_per_second)}
          <InAll bytes={traffic?.tx_bytes_exact} />
        </Fact>
        <Fact name="Receives">
          {bitsPerSecond(traffic?.rx_bits_per_second)}
          <InAll bytes={traffic?.rx_bytes_exact} />
        </Fact>
        <Fact name="Used by">{counted(path.policies?.length ?? 0, ['policy', 'policies'])}</Fact>
        {maintenance && (
          <Fact name="Out of use">
            since <Time at={maintenance.since} />,{' '}
            {maintenance.until ? <Time at={maintenance.until} /> : 'until it is returned to use'}
          </Fact>
        )}
      </dl>
      <FailoverActions path={path} name={pathNames.get(path.id) ?? path.id} onDone={setReceipt} />
      {may('setThreshold') && (
        <Link to="/alarms" search={{ view: 'thresholds', set: 'PATH', on: path.id } as never}>
          Set an alarm on this path
        </Link>
      )}
      {receipt && <FailoverReceipt receipt={receipt} names={pathNames} />}
      <PathHistory path_id={path.id} />
      <WhyThisPath path={path} names={pathNames} />
      <PathLoss path_id={path.id} names={names} />
    </div>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function InAll({ bytes }: { bytes: string | undefined }) {
  return (
    <div className="muted">
      <Bytes exact={bytes} /> in all
    </div>
  );
}
