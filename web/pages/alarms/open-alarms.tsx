import { useAddress } from '../../address/search.ts';
import { useMay } from '../../data/me.ts';
import { useList } from '../../data/use-list.ts';
import { Button } from '../../parts/button.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { Problem } from '../now/problem.tsx';
import { ALARMS } from './operations.ts';

/** Every event that begins or ends an alarm, and what is said of one. */
const CHANGED_BY = ['EDGE_', 'PATH_', 'QUARANTINE', 'REPORTS_', 'WORK_', 'ALARM_', 'THRESHOLD_', 'MUTE_'];

/** All that is wrong now, the most severe first. */
export function OpenAlarms() {
  const list = useList(ALARMS, {}, { pick: data => data.alarms, changedBy: CHANGED_BY });
  const [, setAddress] = useAddress();
  const mayMute = useMay()('setMute');
  return (
    <Panel title="Wrong now" flush>
      <Loaded data={list.items} error={list.error} onRetry={list.retry}>
        {alarms =>
          alarms.length === 0 ? (
            <Empty>Nothing is wrong. What was is on the page Changes.</Empty>
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
