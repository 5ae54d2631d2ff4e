import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

const ICONS = { good: CircleCheck, warn: TriangleAlert, bad: CircleAlert, info: Info };

export interface NoticeProps {
  kind: keyof typeof ICONS;
  children: ReactNode;
  /** What to do about it. */
  action?: ReactNode;
}

/** A sentence about how things are, where they are. Screen readers say it when it comes. */
export function Notice({ kind, children, action }: NoticeProps) {
  const Icon = ICONS[kind];
  return (
    <div className={`notice notice-${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
      <Icon size={16} aria-hidden />
      <div className="notice-text">{children}</div>
      {action}
    </div>
  );
}
