import { useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import { useMayUndo } from '../../data/me.ts';
import { useUndo } from '../../data/undo.ts';
import { type List, useList } from '../../data/use-list.ts';
import { ChangeTarget } from '../../panels/change-target.tsx';
import { actorName, operationWords } from '../../panels/change-words.ts';
import { namedTitle } from '../../panels/named-title.ts';
import { Button } from '../../parts/button.tsx';
import { Time } from '../../parts/figures.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { Status } from '../../parts/status.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { differences } from './difference.ts';
import { AUDIT_LOG, BY_ITSELF, HAPPENED, type HappenedEvent, type LogEntry } from './operations.ts';
import { merged } from './timeline.ts';

const VIEWS = [
  { id: 'all', title: 'All' },
  { id: 'changes', title: 'Changes' },
  { id: 'refused', title: 'Refused' },
  { id: 'events', title: 'Events' },
];

type Change = LogEntry & { kind: 'CHANGE' };
type Happening = HappenedEvent & { kind: 'EVENT'; at: string };

/** Whether a list was loaded, failed or is not needed. */
function isSettled({ items, error }: List<unknown>, asked: boolean): boolean {
  return !asked || items !== undefined || error !== null;
}

/** Changes, refused operations and events as one list, newest first. */
export function TimelinePanel({ onOpen }: { onOpen(id: string): void }) {
  const [{ view = 'all', by, what, on }, setAddress] = useAddress();
  const asksLog = view !== 'events';
  const log = useList(
    AUDIT_LOG,
    { actor: by ?? null, action: what ?? null, target: on ?? null },
    { pick: data => data.auditLog, changedBy: [''], enabled: asksLog },
  );
  const filtered = by !== undefined || what !== undefined;
  const asksEvents = !filtered && (view === 'all' || view === 'events');
  const happened = useList(
    HAPPENED,
    { types: BY_ITSELF },
    {
      pick: data => data.events,
      changedBy: [''],
      enabled: asksEvents,
    },
  );
  const moments = useMemo(
    () =>
      // Shown only when both lists are loaded: the later one would insert rows between those of the
      // other.
      isSettled(log, asksLog) && isSettled(happened, asksEvents) && (log.items || happened.items)
        ? momentsOf(view, { log, happened, on })
        : undefined,
    [view, log, happened, on, asksLog, asksEvents],
  );
  const field = (name: string, label: string, value: string | undefined) => (
    <SearchBox
      label={label}
      value={value ?? ''}
      onChange={text => setAddress({ [name]: text || undefined }, { replace: true })}
    />
  );
  const actions = (
    <div className="panel-actions">
      {field('by', 'By (e-mail or name)', by)}
      {field('what', 'Operation', what)}
      {field('on', 'Target (policy:7)', on)}
      <Tabs
        label="Kind of entries"
        tabs={VIEWS}
        chosen={view}
        onChoose={chosen => setAddress({ view: chosen === 'all' ? undefined : chosen })}
      />
    </div>
  );
  const more = {
    hasMore: log.hasMore || happened.hasMore,
    isLoading: log.isLoading || happened.isLoading,
    loadMore() {
      if (log.hasMore) log.loadMore();
      if (happened.hasMore) happened.loadMore();
    },
  };
  return (
    <Panel title="Timeline" actions={actions} flush>
      <Loaded
        data={moments}
        error={log.error ?? happened.error}
        onRetry={() => {
          log.retry();
          happened.retry();
        }}
      >
        {shown => (
          <>
            {shown.length === 0 ? (
              <Empty>
                {more.hasMore ? 'None of the loaded entries match. Load more.' : 'No entries match.'}
              </Empty>
            ) : (
              <ol className="timeline" aria-label="Timeline">
                {shown.map(moment =>
                  moment.kind === 'CHANGE' ? (
                    <ChangeRow key={moment.id} entry={moment} onOpen={onOpen} />
                  ) : (
                    <EventRow key={moment.id} event={moment} />
                  ),
                )}
              </ol>
            )}
            <More list={more} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

interface Sources {
  log: { items: LogEntry[] | undefined; hasMore: boolean };
  happened: { items: HappenedEvent[] | undefined; hasMore: boolean };
  on: string | undefined;
}

function momentsOf(view: string, { log, happened, on }: Sources): (Change | Happening)[] {
  const changes = (log.items ?? [])
    .filter(({ outcome }) => view === 'all' || outcome === (view === 'refused' ? 'REFUSED' : 'DONE'))
    .map((entry): Change => ({ ...entry, kind: 'CHANGE' }));
  const events = (happened.items ?? [])
    .filter(({ audit_id, target }) => audit_id === null && (on === undefined || target === on))
    .map((event): Happening => ({ ...event, kind: 'EVENT', at: event.timestamp }));
  if (view === 'events') return events;
  if (view !== 'all') return changes;
  return merged({ items: changes, hasMore: log.hasMore }, { items: events, hasMore: happened.hasMore });
}

function ChangeRow({ entry, onOpen }: { entry: LogEntry; onOpen(id: string): void }) {
  const { id, at, actor, operation, did, target, target_name, outcome, message, undone_by } = entry;
  const mayUndo = useMayUndo();
  const undo = useUndo();
  const what = operationWords(did ?? operation);
  const refused = outcome === 'REFUSED';
  const below = refused ? message : summary(entry);
  return (
    <li className={undone_by ? 'moment moment-undone' : 'moment'}>
      <Time at={at} relative />
      {refused ? (
        <Status kind="bad">Refused</Status>
      ) : (
        <span className="muted moment-kind">{did ? 'Undo' : 'Change'}</span>
      )}
      <div className="moment-text">
        <Button kind="link" onPress={() => onOpen(id)} aria-label={`${what} ${target ?? ''}: details`}>
          {what}
        </Button>{' '}
        <ChangeTarget target={target} target_name={target_name} />{' '}
        <span className="muted">
          by <bdi>{actorName(actor)}</bdi>
        </span>
        {below && (
          <p className="clip muted" title={below}>
            {below}
          </p>
        )}
      </div>
      {undone_by && <Status kind="unknown">Undone</Status>}
      {mayUndo(entry) && (
        <Button kind="quiet" aria-label={`Undo ${what} ${target ?? ''}`} onPress={() => undo(id)}>
          Undo
        </Button>
      )}
    </li>
  );
}

/**
 * Longer values and the figures of a failover's receipt are not useful in a line; the details show
 * them.
 */
const SHORT = 48;
const textLength = (...texts: (string | undefined)[]): number => texts.join('').length;

/**
 * Such as "priority: 5 → 7", of the first fields with short values. Empty for new and deleted
 * items: all of their fields would differ.
 */
function summary({ operation, before, after }: LogEntry): string {
  if (before === null || after === null || operation.startsWith('delete')) return '';
  return differences(before, after)
    .filter(({ field, before, after }) => !field.startsWith('receipt.') && textLength(before, after) <= SHORT)
    .slice(0, 3)
    .map(({ field, before, after }) => `${field}: ${before ?? '–'} → ${after ?? '–'}`)
    .join(', ');
}

function EventRow({ event: { timestamp, title, type, target, target_name } }: { event: HappenedEvent }) {
  return (
    <li className="moment">
      <Time at={timestamp} relative />
      <Status kind={kindOf(type)}>Event</Status>
      <div className="moment-text">
        <bdi>{namedTitle(title, target, target_name)}</bdi>
      </div>
    </li>
  );
}

const GOOD = /_BACK$|RECOVERED$|CAUGHT_UP$|RIGHT$|DONE$|ENDED$|QUIET$|TAKEN$|GOES_ON$/;
const BAD = /SILENT$|FAILED$|REFUSED$/;

function kindOf(type: string) {
  if (GOOD.test(type)) return 'good';
  return BAD.test(type) ? 'bad' : 'warn';
}
