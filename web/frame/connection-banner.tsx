import { useEffect, useSyncExternalStore } from 'react';
import type { LiveState } from '../data/listener.ts';
import { liveState, onLiveState } from '../data/live.ts';
import { useLiveEvents } from '../data/use-live-events.ts';
import { Notice } from '../parts/notice.tsx';

/** Says while what is shown may be old: the browser is offline, or the connection that tells of changes is cut. */
export function ConnectionBanner() {
  const heard = useLiveEvents();
  const online = useSyncExternalStore(onOnline, () => navigator.onLine);
  const live: LiveState = useSyncExternalStore(onLiveState, liveState);
  const cut = !online || live === 'CUT';
  useEffect(() => {
    document.documentElement.dataset.live = cut ? 'cut' : heard ? 'live' : 'connecting';
  }, [cut, heard]);
  if (!cut) return null;
  return (
    <div className="connection-banner">
      <Notice kind="warn">
        {online
          ? 'Changes don’t come in at the moment. The connection is made anew by itself; what is shown may be old until then.'
          : 'You are offline. What is shown is as it was; it goes on when the connection is back.'}
      </Notice>
    </div>
  );
}

function onOnline(listener: () => void): () => void {
  addEventListener('online', listener);
  addEventListener('offline', listener);
  return () => {
    removeEventListener('online', listener);
    removeEventListener('offline', listener);
  };
}
