import { Outlet } from '@tanstack/react-router';
import { useIsShutOut } from '../data/me.ts';
import { Toasts } from '../parts/toasts.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { Navigation } from './navigation.tsx';
import { NoGroup } from './no-group.tsx';
import { TopBar } from './top-bar.tsx';
import { useKeptFocus } from './use-kept-focus.ts';
import { useKeptPreferences } from './use-kept-preferences.ts';
import { usePageKeys } from './use-page-keys.ts';
import './frame.css';

/** The frame of every page: navigation at the side, time range and account at the top. */
export function Frame() {
  usePageKeys();
  const notation = useKeptPreferences();
  useKeptFocus();
  const shutOut = useIsShutOut();
  return (
    <div className="frame">
      <a className="skip-link" href="#page">
        Skip to the page
      </a>
      <Navigation />
      <div className="frame-main">
        <TopBar />
        {!shutOut && <ConnectionBanner />}
        <main id="page" tabIndex={-1}>
          {shutOut ? <NoGroup /> : <Outlet key={notation} />}
        </main>
      </div>
      <Toasts />
    </div>
  );
}
