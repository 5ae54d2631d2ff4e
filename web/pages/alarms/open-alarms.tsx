import { useAddress } from '../../address/search.ts';
import { useMay } from '../../data/me.ts';
import { useList } from '../../data/use-list.ts';
import { Button } from '../../parts/button.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { Problem } from '../now/problem.tsx';
import { ALARMS } from './operations.ts';

/** Prefixes of the events that raise, clear or annotate an alarm. */
const CHANGED_BY = ['EDGE_', 'PATH_', 'QUARANTINE', 'REPORTS_', 'WORK_', 'ALARM_', 'THRESHOLD_', 'MUTE_'];

/** Open alarms, the most severe first. */
export function OpenAlarms() {
  const list = useList(ALARMS, {}, { pick: data => data.alarms, changedBy: CHANGED_BY });
  const [, setAddress] = useAddress();
  const mayMute = useMay()('setMute');
  return (
    <Panel title="Open alarms" flush>
      <Loaded data={list.items} error={list.error} onRetry={list.retry}>
        {alarms =>
          alarms.length === 0 ? (
            <Empty>There are no open alarms. Past alarms are in the history.</Empty>
          ) : (
            <>
              <ul className="rows">
                {alarms.map(alarm => (
                  <Problem key={alarm.id} alarm={alarm}>
                    {mayMute && alarm.muted_until === null && (
                      <Button
                        kind="quiet"
                        aria-label={`Mute ${alarm.target}`}
                        onPress={() => setAddress({ view: 'mutes', mute: alarm.target })}
                      >
                        Mute…
                      </Button>
                    )}
                  </Problem>
                ))}
              </ul>
              <More list={list} />
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}
