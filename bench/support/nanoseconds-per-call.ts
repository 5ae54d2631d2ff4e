/**
 * Median over rounds of the time of one call in nanoseconds; `call` returns a number, so that
 * nothing is optimized away.
 */
export function nanosecondsPerCall(
  call: () => number,
  { rounds = 9, calls = 20_000, warmup = 3 }: { rounds?: number; calls?: number; warmup?: number } = {},
): number {
  const times: number[] = [];
  let sink = 0;
  for (let round = -warmup; round < rounds; round++) {
    const begun = process.hrtime.bigint();
    for (let index = 0; index < calls; index++) sink += call();
    const elapsed = Number(process.hrtime.bigint() - begun);
    if (round >= 0) times.push(elapsed / calls);
  }
  if (Number.isNaN(sink)) throw new Error('A measured call answered no number.');
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}
