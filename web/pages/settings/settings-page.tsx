import { usePreferences } from '../../data/me.ts';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { secondFactors } from '../../session/second-factor.ts';
import { PreferencesForm } from './preferences-form.tsx';
import { SavedViews } from './saved-views.tsx';
import { SecondFactorPanel } from './second-factor-panel.tsx';

/**
 * The person's console settings and saved views. The system stores both, so that they apply on
 * every device.
 */
export function Page() {
  const preferences = usePreferences();
  return (
    <div className="page">
      <div className="page-head">
        <h1>Settings</h1>
      </div>
      <div className="columns">
        <Panel title="Figures, times and theme">
          <Loaded data={preferences} onRetry={() => {}}>
            {kept => <PreferencesForm preferences={kept} />}
          </Loaded>
        </Panel>
        {secondFactors() !== 'NONE' && <SecondFactorPanel />}
        <Panel title="Saved views">
          <Loaded data={preferences} onRetry={() => {}}>
            {({ saved_views }) => <SavedViews views={saved_views} />}
          </Loaded>
        </Panel>
      </div>
    </div>
  );
}
