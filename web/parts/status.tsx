import { CircleAlert, CircleCheck, CircleHelp, Info, TriangleAlert } from 'lucide-react';

const KINDS = {
  good: CircleCheck,
  warn: TriangleAlert,
  bad: CircleAlert,
  info: Info,
  unknown: CircleHelp,
};

export type StatusKind = keyof typeof KINDS;

/** A status as icon and word, because not everyone can distinguish colours. */
export function Status({ kind, children }: { kind: StatusKind; children: string }) {
  const Icon = KINDS[kind];
  return (
    <span className={`status status-${kind}`}>
      <Icon size={16} aria-hidden />
      {children}
    </span>
  );
}
