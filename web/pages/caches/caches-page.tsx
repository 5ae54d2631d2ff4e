import { useState } from 'react';
import { useMay } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { Button } from '../../parts/button.tsx';
import { ConfirmDialog } from '../../parts/dialog.tsx';
import { Count } from '../../parts/figures.tsx';
import { percent, UNKNOWN } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { CacheHistoryPanel } from './cache-history-panel.tsx';
import { cacheWord } from './cache-word.ts';
import { CACHE_STATS, type CacheRow, CLEAR_CACHE, WARM_CACHES } from './operations.ts';

const REFRESH_MS = 60_000;

/**
 * The caches of path metrics and routing decisions: their contents and hit rates, and buttons to
 * clear and preload them.
 */
export function Page() {
  const may = useMay();
  const [clearing, setClearing] = useState(false);
  const answer = useAnswer(CACHE_STATS, {}, { everyMs: REFRESH_MS, changedBy: ['CACHE'] });
  const clear = useChange(CLEAR_CACHE, {
    done: ({ clearCache }) => clearCache,
    onDone: () => setClearing(false),
  });
  const warm = useChange(WARM_CACHES, { done: ({ warmCaches }) => warmCaches });
  const actions = (
    <div className="panel-actions">
      {may('warmCaches') && (
        <Button isPending={warm.isPending} onPress={() => warm.run({})}>
          Preload the latest decisions
        </Button>
      )}
      {may('clearCache') && (
        <Button kind="danger" onPress={() => setClearing(true)}>
          Clear…
        </Button>
      )}
    </div>
  );
  return (
    <div className="page">
      <div className="page-head">
        <h1>Caches</h1>
      </div>
      <Panel title="Contents" actions={actions} flush>
        {warm.error && <Notice kind="bad">{warm.error.message}</Notice>}
        <Loaded
          data={answer.data?.data.cacheStats}
          error={answer.error}
          onRetry={() => void answer.refetch()}
        >
          {rows => <VirtualTable label="Caches" columns={COLUMNS} rows={rows} rowId={({ name }) => name} />}
        </Loaded>
      </Panel>
      <CacheHistoryPanel />
      {clearing && (
        <ConfirmDialog
          title="Clear the caches"
          confirm="Clear the caches"
          isPending={clear.isPending}
          error={clear.error}
          onConfirm={() => clear.run({})}
          onClose={() => setClearing(false)}
        >
          <p>
            Every function drops its cached entries within a second. Requests take a little longer until the
            caches are filled again; no data is lost.
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}

const COLUMNS: readonly Column<CacheRow>[] = [
  { id: 'name', head: 'Cache', width: 'minmax(144px, 2fr)', cell: ({ name }) => cacheWord(name) },
  {
    id: 'active',
    head: 'Entries',
    width: '96px',
    end: true,
    cell: ({ active }) => <Count exact={active} of="valid entries" />,
  },
  {
    id: 'expired',
    head: 'Expired',
    width: '96px',
    end: true,
    cell: ({ expired }) => <Count exact={expired} of="expired entries not yet removed" />,
  },
  {
    id: 'hits',
    head: 'Hits',
    width: '112px',
    end: true,
    cell: ({ hits }) => <Count exact={hits} of="look-ups answered from the cache" />,
  },
  {
    id: 'misses',
    head: 'Misses',
    width: '112px',
    end: true,
    cell: ({ misses }) => <Count exact={misses} of="look-ups answered from the source" />,
  },
  {
    id: 'rate',
    head: 'Hit rate',
    width: '96px',
    end: true,
    cell: ({ hits, misses, hit_rate }) => (hits + misses === 0 ? UNKNOWN : percent(hit_rate * 100)),
  },
];
