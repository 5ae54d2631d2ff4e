import { useEffect, useSyncExternalStore } from 'react';
import { liveState, onLiveState, pauseReconnecting, reconnectNow } from '../data/live.ts';
import type { LiveState } from '../data/reconnection.ts';
import { useLiveEvents } from '../data/use-live-events.ts';
import { Button } from '../parts/button.tsx';
import { Time } from '../parts/figures.tsx';
import { Notice } from '../parts/notice.tsx';

/** Warns while the page may be stale: the browser is offline, or the live connection is lost. */
export function ConnectionBanner() {
  const heard = useLiveEvents();
  useEffect(reconnectWhenSeen, []);
  const online = useSyncExternalStore(onOnline, () => navigator.onLine);
  const live: LiveState = useSyncExternalStore(onLiveState, liveState);
  const cut = !online || live.kind === 'CUT';
  useEffect(() => {
    document.documentElement.dataset.live = cut ? 'cut' : heard ? 'live' : 'connecting';
  }, [cut, heard]);
  if (!online) {
    return (
      <Banner>
        You are offline. The page shows the last known state and updates when the connection is back.
      </Banner>
    );
  }
  if (live.kind === 'LIVE' || (live.kind === 'CONNECTING' && !live.again)) return null;
  return (
    <Banner action={live.kind === 'CUT' && live.retry_at_ms !== null && <TryNow />}>
      Live updates are interrupted. The page may be out of date. <WhatNext live={live} />
    </Banner>
  );
}

const TryNow = () => <Button onPress={reconnectNow}>Try now</Button>;

function WhatNext({ live }: { live: LiveState }) {
  if (live.kind !== 'CUT') return 'Connecting again…';
  if (live.retry_at_ms === null) return 'The page updates when the connection is back.';
  return (
    <>
      Trying again at <Time at={new Date(live.retry_at_ms).toISOString()} />.
    </>
  );
}

function Banner({ children, action }: { children: React.ReactNode; action?: React.ReactNode }) {
  return (
    <div className="connection-banner">
      <Notice kind="warn" action={action}>
        {children}
      </Notice>
    </div>
  );
}

/**
 * Retries a lost connection at once when the browser is online again, and when the page becomes
 * visible again.
 */
function reconnectWhenSeen(): () => void {
  const onVisible = () => {
    if (document.visibilityState === 'visible' && navigator.onLine) reconnectNow();
  };
  addEventListener('online', reconnectNow);
  addEventListener('offline', pauseReconnecting);
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    removeEventListener('online', reconnectNow);
    removeEventListener('offline', pauseReconnecting);
    document.removeEventListener('visibilitychange', onVisible);
  };
}

function onOnline(listener: () => void): () => void {
  addEventListener('online', listener);
  addEventListener('offline', listener);
  return () => {
    removeEventListener('online', listener);
    removeEventListener('offline', listener);
  };
}
