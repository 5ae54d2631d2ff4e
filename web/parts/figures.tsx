import { ago, bitsPerSecond, bytes, count, money, time, UNKNOWN, utc } from './format.ts';
import { useClock } from './use-clock.ts';

/** A number of bytes, rounded; the exact value on hover. */
export function Bytes({ exact }: { exact: string | null | undefined }) {
  if (exact === null || exact === undefined) return <Unknown />;
  return (
    <data value={exact} title={`${count(exact)} bytes`}>
      {bytes(exact)}
    </data>
  );
}

/** An exact count; its unit on hover. */
export function Count({ exact, of }: { exact: string | number | null | undefined; of: string }) {
  if (exact === null || exact === undefined) return <Unknown />;
  return (
    <data value={String(exact)} title={`${count(exact)} ${of}`}>
      {count(exact)}
    </data>
  );
}

export interface MoneyProps {
  /** The exact value, in decimal. */
  exact: string | null | undefined;
  currency: string | undefined;
}

/** An amount of money, rounded; the exact value on hover. */
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
  /** The interval of the measurement; null for sums of many edges. */
  from: string | null;
  to: string | null;
}

/** A rate, rounded; the exact value and its interval on hover. */
export function Rate({ rate }: { rate: RateFigure | null | undefined }) {
  if (!rate) return <Unknown title="Not known: no edge has sent two reports recently" />;
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

/** A local time, with UTC on hover; `relative` shows how long ago it was and keeps that current. */
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
  // A time after the last tick of the clock must not appear as in the future.
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
