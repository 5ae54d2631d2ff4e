/** The parts of a deployment: a stack each. */
export const STACKS = ['Data', 'FlowLog', 'Export', 'Ingest', 'Api', 'Events'] as const;

export type StackPart = (typeof STACKS)[number];

/**
 * The name of a stage's stack.
 *
 * @example stackName('Data') // 'PatronusData'
 */
export function stackName(part: StackPart): string {
  return `Patronus${part}`;
}
