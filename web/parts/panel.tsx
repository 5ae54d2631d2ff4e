import { type ReactNode, useId } from 'react';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

export interface PanelProps {
  title: string;
  /** Controls at the right of the title. */
  actions?: ReactNode;
  /** Without space around its content, for tables. */
  flush?: boolean;
  children: ReactNode;
}

/** A titled part of a page. */
export function Panel({ title, actions, flush = false, children }: PanelProps) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id} tabIndex={-1}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {actions}
      </header>
      <div className={flush ? 'panel-body panel-flush' : 'panel-body'}>{children}</div>
    </section>
  );
}

export interface LoadedProps<Data> {
  /** Undefined while it is on its way, null where it failed. */
  data: Data | null | undefined;
  error?: Error | null;
  onRetry(): void;
  /** Pixels that the placeholder takes, so that the page doesn't jump when the answer comes. */
  height?: number;
  children(data: Data): ReactNode;
}

/**
 * What an answer holds; while it is on its way, a placeholder; where it failed, the reason and a
 * way to try again.
 */
export function Loaded<Data>({ data, error, onRetry, height = 96, children }: LoadedProps<Data>) {
  if (data !== undefined && data !== null) return children(data);
  if (error) {
    return (
      <Notice kind="bad" action={<Button onPress={onRetry}>Try again</Button>}>
        {error.message}
      </Notice>
    );
  }
  return <Loading height={height} />;
}

/** A placeholder of so many pixels. */
export function Loading({ height = 96 }: { height?: number }) {
  return (
    <div className="loading" role="status" style={{ height }}>
      <span className="visually-hidden">Loading</span>
    </div>
  );
}

/** What is said where there is nothing: why, and what to do. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className="empty muted">{children}</p>;
}
