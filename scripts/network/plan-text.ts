import { count } from '../../core/count-words.ts';
import { titleOf } from './apply-plan.ts';
import type { Plan, Step } from './plan/plan.ts';

const SIGNS: Record<Step['kind'], string> = { create: '+', change: '~', replace: '±', delete: '-' };

/**
 * A plan as text: a line for each step with its details below, and the number of steps of each
 * kind.
 */
export function planText({ steps }: Pick<Plan, 'steps'>): string {
  if (steps.length === 0) return 'The system matches the file: there is nothing to do.\n';
  const lines = steps.flatMap(step => [
    `${SIGNS[step.kind]} ${titleOf(step)}`,
    ...step.details.map(detail => `    ${detail}`),
  ]);
  return `${[...lines, '', countText(steps)].join('\n')}\n`;
}

function countText(steps: readonly Step[]): string {
  const of = (kind: Step['kind']) => steps.filter(step => step.kind === kind).length;
  return `${count(steps.length, 'step')}: ${of('create')} to create, ${of('change')} to change, ${of('replace')} to replace, ${of('delete')} to delete.`;
}
