import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { withLocalTimes } from './format.ts';

const ICONS = { good: CircleCheck, warn: TriangleAlert, bad: CircleAlert, info: Info };

export interface NoticeProps {
  kind: keyof typeof ICONS;
  children: ReactNode;
  /** A button that helps. */
  action?: ReactNode;
}

/** A message within the page. Screen readers announce it when it appears. */
export function Notice({ kind, children, action }: NoticeProps) {
  const Icon = ICONS[kind];
  return (
    <div className={`notice notice-${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
      <Icon size={16} aria-hidden />
      <div className="notice-text">{typeof children === 'string' ? withLocalTimes(children) : children}</div>
      {action}
    </div>
  );
}
