import { useEffect, useSyncExternalStore } from 'react';
import { liveState, onLiveState, pauseReconnecting, reconnectNow } from '../data/live.ts';
import type { LiveState } from '../data/reconnection.ts';
import { useLiveEvents } from '../data/use-live-events.ts';
import { Button } from '../parts/button.tsx';
import { Time } from '../parts/figures.tsx';
import { Notice } from '../parts/notice.tsx';

/**
 * Says while what is shown may be old: the browser is offline, or the connection that tells of
 * changes is cut.
 */
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
      <Banner>You are offline. What is shown is as it was; it goes on when the connection is back.</Banner>
    );
  }
  if (live.kind === 'LIVE' || (live.kind === 'CONNECTING' && !live.again)) return null;
  return (
    <Banner action={live.kind === 'CUT' && live.retry_at_ms !== null && <TryNow />}>
      Changes don’t come in at the moment, and what is shown may be old. <WhatNext live={live} />
    </Banner>
  );
}

const TryNow = () => <Button onPress={reconnectNow}>Try now</Button>;

function WhatNext({ live }: { live: LiveState }) {
  if (live.kind !== 'CUT') return 'Connecting again…';
  if (live.retry_at_ms === null) return 'It goes on when the connection is back.';
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
 * A cut connection is tried again at once when the browser is online again, and when the page is
 * looked at again.
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
