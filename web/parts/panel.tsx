import { type ReactNode, useId } from 'react';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

export interface PanelProps {
  title: string;
  /** Controls at the right of the title. */
  actions?: ReactNode;
  /** Removes the padding around the content, for tables. */
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

/** `retry_after_s`: set if the query is repeated by itself. */
type Refusal = Error & { retry_after_s?: number | undefined };

export interface LoadedProps<Data> {
  /** Undefined while it is loading, null if it failed. */
  data: Data | null | undefined;
  error?: Refusal | null;
  onRetry(): void;
  /**
   * The height of the placeholder in pixels, so that the page doesn't jump when the answer arrives.
   */
  height?: number;
  children(data: Data): ReactNode;
}

/**
 * Renders an answer; a placeholder while it is loading; after a failure the reason and a retry
 * button.
 */
export function Loaded<Data>({ data, error, onRetry, height = 96, children }: LoadedProps<Data>) {
  if (data !== undefined && data !== null) return children(data);
  if (error) {
    return (
      <Notice kind="bad" action={<Button onPress={onRetry}>Try again</Button>}>
        {textOf(error)}
      </Notice>
    );
  }
  return <Loading height={height} />;
}

function textOf({ message, retry_after_s }: Refusal): string {
  return retry_after_s === undefined ? message : `${message} This page asks again by itself.`;
}

/** A placeholder with a height in pixels. */
export function Loading({ height = 96 }: { height?: number }) {
  return (
    <div className="loading" role="status" style={{ height }}>
      <span className="visually-hidden">Loading</span>
    </div>
  );
}

/** An empty state: says why there is nothing, and what to do. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className="empty muted">{children}</p>;
}
