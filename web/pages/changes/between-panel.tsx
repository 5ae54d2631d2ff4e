import { useState } from 'react';
import { useAddress } from '../../address/search.ts';
import { type TimeRange, useTimeRange } from '../../address/time-range.ts';
import { useMay } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Button } from '../../parts/button.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { FreezeDialog } from '../incidents/freeze-dialog.tsx';
import { BetweenForm } from './between-form.tsx';
import { CHANGES_BETWEEN } from './operations.ts';
import { RankedTable } from './ranked-table.tsx';

/**
 * The changes between the two ends of the page's range, those with the largest traffic difference
 * first.
 */
export function BetweenPanel() {
  const may = useMay();
  const [{ freeze }, setAddress] = useAddress();
  const latest = useTimeRange();
  // A live range advances each minute; a comparison is expensive, so it runs only on request.
  const [asked, setAsked] = useState(() => upToNow(latest));
  const isOther = JSON.stringify(asked.choice) !== JSON.stringify(latest.choice);
  if (isOther) setAsked(upToNow(latest));
  const { from, to } = asked;
  const answer = useAnswer(CHANGES_BETWEEN, { from, to });
  const actions = (
    <div className="panel-actions">
      {asked.to < latest.to && <Button onPress={() => setAsked(upToNow(latest))}>Compare up to now</Button>}
      {may('createIncident') && (
        <Button onPress={() => setAddress({ freeze: 'yes' })}>Freeze as an incident…</Button>
      )}
    </div>
  );
  return (
    <>
      <Panel title="Two instants" actions={actions}>
        <BetweenForm range={asked} />
      </Panel>
      <Panel title="Changes, by difference in traffic" flush>
        <Loaded
          data={answer.data?.data.changesBetween}
          error={answer.error}
          onRetry={() => void answer.refetch()}
          height={320}
        >
          {changes => <RankedTable changes={changes} />}
        </Loaded>
      </Panel>
      {freeze !== undefined && may('createIncident') && (
        <FreezeDialog from={from} to={to} onClose={() => setAddress({ freeze: undefined })} />
      )}
    </>
  );
}

/**
 * A range that ends now with what has come since the minute began: what was just changed is what is
 * looked for.
 */
function upToNow(range: TimeRange): TimeRange {
  return 'live' in range.choice ? { ...range, to: new Date().toISOString() } : range;
}
