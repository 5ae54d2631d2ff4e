import type { Choice, RankedPath, Standing } from './choose-path.ts';
import type { PathPreference } from './path-preference.ts';

interface Wording {
  best: string;
  unit: string;
  /** How the winner's value compares with the runner-up's. */
  than: string;
  /** The value for people, from the compared value. */
  shown: (value: number) => number;
}

const WORDING: Record<PathPreference['kind'], Wording> = {
  LOWEST_LATENCY: { best: 'lowest latency', unit: ' ms', than: 'less than', shown: value => value },
  HIGHEST_BANDWIDTH: {
    best: 'highest bandwidth',
    unit: ' Mbit/s',
    than: 'more than',
    shown: value => -value,
  },
  LOWEST_PACKET_LOSS: {
    best: 'lowest packet loss',
    unit: ' percentage points',
    than: 'less than',
    shown: value => value,
  },
  LOWEST_COST: { best: 'lowest cost', unit: ' per GB', than: 'less than', shown: value => value },
  CUSTOM: { best: 'best weighted score', unit: ' points', than: 'more than', shown: value => -value },
};

/** A sentence that says why a path was chosen, or why none was. */
export function decisionReason(
  { selected, runner_up, standings }: Choice,
  preference: PathPreference,
): string {
  if (!selected) return nothingLeft(standings);
  const { best } = WORDING[preference.kind];
  const id = selected.candidate.path_id;
  const lead = `Path ${id}`;
  if (!runner_up) return `${lead} is the only one that can be used${caveat(selected)}${leftOut(standings)}.`;
  if (runner_up.standing !== selected.standing) {
    return `${lead} is the only one that is ${advantage(selected, runner_up)}; the runner-up ${runner_up.candidate.path_id} ${state(runner_up)}${leftOut(standings)}.`;
  }
  if (selected.standing === 'unmeasured' && preference.kind !== 'LOWEST_COST') {
    return `No path has been measured lately: ${id} has the lowest id, before ${runner_up.candidate.path_id}${leftOut(standings)}.`;
  }
  return `${lead} has the ${best}, ${comparison(selected, runner_up, preference)}${caveat(selected)}${leftOut(standings)}.`;
}

function comparison(selected: RankedPath, runner_up: RankedPath, preference: PathPreference): string {
  const { unit, than, shown } = WORDING[preference.kind];
  const mine = shown(selected.value);
  const theirs = shown(runner_up.value);
  const percent = preference.kind === 'LOWEST_PACKET_LOSS';
  const valueUnit = percent ? ' %' : unit;
  const other = runner_up.candidate.path_id;
  if (mine === theirs) {
    return `${figure(mine)}${valueUnit}, the same as ${other}: ties go to the lower id`;
  }
  const by = `${figure(Math.abs(theirs - mine))}${unit}`;
  return `${figure(mine)}${valueUnit}: ${by} ${than} the runner-up ${other} (${figure(theirs)}${valueUnit})`;
}

function caveat({ standing }: RankedPath): string {
  if (standing === 'failed') return ', though its health has failed and no path is up';
  return standing === 'unmeasured' ? ', though it has not been measured lately' : '';
}

/** What the selected path is and the runner-up is not, if their standings differ. */
function advantage(selected: RankedPath, runner_up: RankedPath): string {
  if (runner_up.standing === 'degraded') return 'optimal';
  return selected.standing === 'unmeasured' ? 'not failed' : 'up';
}

function state({ standing }: RankedPath): string {
  if (standing === 'degraded') return 'is degraded';
  return standing === 'failed' ? 'has failed' : 'has not been measured lately';
}

function leftOut({ out }: Record<Standing, number>): string {
  if (out === 0) return '';
  return out === 1 ? '; 1 path is out of use' : `; ${out} paths are out of use`;
}

function nothingLeft({ out }: Record<Standing, number>): string {
  if (out === 0) return 'There is no path between these sites.';
  return out === 1
    ? 'The only path between these sites is down or taken out of use.'
    : `All ${out} paths between these sites are down or taken out of use.`;
}

// Four significant digits are enough for every measurement, and tiny differences don't become 0.
function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
