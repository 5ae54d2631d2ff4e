import { ago, bitsPerSecond, bytes, count, money, time, UNKNOWN, utc } from './format.ts';
import { useClock } from './use-clock.ts';

/** A number of bytes in short, the exact one on hover. */
export function Bytes({ exact }: { exact: string | null | undefined }) {
  if (exact === null || exact === undefined) return <Unknown />;
  return (
    <data value={exact} title={`${count(exact)} bytes`}>
      {bytes(exact)}
    </data>
  );
}

/** A count in full; what it counts on hover. */
export function Count({ exact, of }: { exact: string | number | null | undefined; of: string }) {
  if (exact === null || exact === undefined) return <Unknown />;
  return (
    <data value={String(exact)} title={`${count(exact)} ${of}`}>
      {count(exact)}
    </data>
  );
}

export interface MoneyProps {
  /** In decimal, exact. */
  exact: string | null | undefined;
  currency: string | undefined;
}

/** An amount in short, the exact one on hover. */
export function Money({ exact, currency }: MoneyProps) {
  if (exact === null || exact === undefined) return <Unknown title="Not known: no price" />;
  return (
    <data value={exact} title={`${exact} ${currency ?? ''}`.trim()}>
      {money(Number(exact), currency)}
    </data>
  );
}

export interface RateFigure {
  bits_per_second: number;
  packets_per_second: number;
  /** What it was measured over; null for sums of many edges. */
  from: string | null;
  to: string | null;
}

/** A rate in short; exact, with what it was measured over, on hover. */
export function Rate({ rate }: { rate: RateFigure | null | undefined }) {
  if (!rate) return <Unknown title="Not known: no edge has sent two reports lately" />;
  const { bits_per_second, packets_per_second, from, to } = rate;
  const exact = `${count(Math.round(bits_per_second))} bit/s, ${count(Math.round(packets_per_second))} packets/s`;
  return (
    <data
      value={bits_per_second}
      title={from && to ? `${exact}, measured from ${utc(from)} to ${utc(to)}` : exact}
    >
      {bitsPerSecond(bits_per_second)}
    </data>
  );
}

/** A local time, with UTC on hover; `relative` says how long ago it is, and goes on saying so. */
export function Time({ at, relative = false }: { at: string | null | undefined; relative?: boolean }) {
  if (!at) return <Unknown />;
  if (relative) return <Ago at={at} />;
  return (
    <time dateTime={at} title={utc(at)}>
      {time(at)}
    </time>
  );
}

function Ago({ at }: { at: string }) {
  // What has come since the clock was read last isn't in the future.
  const now = Math.max(useClock(), Date.parse(at) <= Date.now() ? Date.parse(at) : 0);
  return (
    <time dateTime={at} title={`${time(at)}, ${utc(at)}`}>
      {ago(at, now)}
    </time>
  );
}

function Unknown({ title = 'Not known' }: { title?: string }) {
  return (
    <span className="muted" title={title}>
      {UNKNOWN}
    </span>
  );
}
