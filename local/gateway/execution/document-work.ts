import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { WORK_LIMITS } from '../limits.ts';

/**
 * Upper bounds for the work of validating and executing a document. Fragments are counted each time
 * that they are spread.
 */
export interface DocumentWork {
  /** Selections of all definitions. Infinity: the number is too large. */
  selections: number;
  aliases: number;
  /** Deepest nesting of fields. */
  depth: number;
  /** Whether a fragment spreads itself, directly or indirectly; then it counts once. */
  cyclic: boolean;
}

interface Weight {
  selections: number;
  aliases: number;
  depth: number;
}

type Definition = OperationDefinitionNode | FragmentDefinitionNode;

const NOTHING: Weight = { selections: 0, aliases: 0, depth: 0 };

/** Measures a document in one pass: each fragment is measured once, even if it is spread often. */
export function measureDocument(document: DocumentNode): DocumentWork {
  const fragments = fragmentsByName(document);
  const weights = new Map<string, Weight>();
  const open = new Set<string>();
  let cyclic = false;

  function ofFragment(name: string): Weight {
    const known = weights.get(name);
    if (known) return known;
    const fragment = fragments.get(name);
    if (!fragment) return NOTHING;
    if (open.has(name)) {
      cyclic = true;
      return NOTHING;
    }
    open.add(name);
    const weight = ofSet(fragment.selectionSet);
    open.delete(name);
    weights.set(name, weight);
    return weight;
  }

  function ofSet(set: SelectionSetNode | undefined): Weight {
    if (!set) return NOTHING;
    const sum = { ...NOTHING };
    for (const node of set.selections) {
      const inner =
        node.kind === Kind.FRAGMENT_SPREAD ? ofFragment(node.name.value) : ofSet(node.selectionSet);
      const isField = node.kind === Kind.FIELD;
      sum.selections += 1 + inner.selections;
      sum.aliases += inner.aliases + (isField && node.alias ? 1 : 0);
      sum.depth = Math.max(sum.depth, inner.depth + (isField ? 1 : 0));
    }
    return sum;
  }

  const total = { ...NOTHING };
  for (const definition of definitionsOf(document)) {
    const weight = ofSet(definition.selectionSet);
    total.selections += weight.selections;
    total.aliases += weight.aliases;
    total.depth = Math.max(total.depth, weight.depth);
  }
  return { ...total, cyclic };
}

/**
 * Why a document is too much work; undefined if it is not. A document with a cycle is only
 * measured, because validation refuses it.
 */
export function workProblem(document: DocumentNode, work: DocumentWork): string | undefined {
  const { fragments, selections, aliases, nesting, repeats } = WORK_LIMITS;
  if (fragmentsByName(document).size > fragments) {
    return `The query has more than ${fragments} fragments. Split the request.`;
  }
  if (work.selections > selections) {
    return `The query selects more than ${selections} fields, those of a fragment counted each time that it is spread. Split the request.`;
  }
  if (work.aliases > aliases) return `The query has more than ${aliases} aliases. Split the request.`;
  if (work.depth > nesting) return `The query nests deeper than ${nesting} levels.`;
  const repeated = work.cyclic ? undefined : repeatedName(document, repeats);
  return repeated === undefined
    ? undefined
    : `The query selects '${repeated}' more than ${repeats} times at the same place. Select it once.`;
}

/**
 * A result field that is selected more than `most` times at the same place, or undefined. The
 * document must not have cycles.
 */
function repeatedName(document: DocumentNode, most: number): string | undefined {
  const fragments = fragmentsByName(document);

  function within(sets: readonly SelectionSetNode[]): string | undefined {
    const byName = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    const waiting = [...sets];
    for (let set = waiting.pop(); set; set = waiting.pop()) {
      for (const node of set.selections) {
        if (node.kind === Kind.INLINE_FRAGMENT) waiting.push(node.selectionSet);
        else if (node.kind === Kind.FIELD) {
          const name = (node.alias ?? node.name).value;
          const same = byName.get(name);
          if (!same) byName.set(name, [node]);
          else if (same.push(node) > most) return name;
        } else if (!spread.has(node.name.value)) {
          spread.add(node.name.value);
          const fragment = fragments.get(node.name.value);
          if (fragment) waiting.push(fragment.selectionSet);
        }
      }
    }
    for (const fields of byName.values()) {
      const found = within(fields.flatMap(({ selectionSet }) => selectionSet ?? []));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  for (const { selectionSet } of definitionsOf(document)) {
    const found = within([selectionSet]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function definitionsOf({ definitions }: DocumentNode): Definition[] {
  return definitions.filter(
    node => node.kind === Kind.OPERATION_DEFINITION || node.kind === Kind.FRAGMENT_DEFINITION,
  ) as Definition[];
}

function fragmentsByName({ definitions }: DocumentNode): Map<string, FragmentDefinitionNode> {
  const fragments = definitions.filter(node => node.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map(fragment => [fragment.name.value, fragment]));
}
