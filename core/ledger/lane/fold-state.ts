import type { Boot } from './boot.ts';
import type { Lane } from './lane.ts';

/** A lane as it is being folded, with every boot that its reports may name. */
export interface FoldState {
  lane: Lane;
  /** Boots that are not current, by id: as stored, or as they became while folding. */
  boots: Map<string, Boot>;
  /** Parts of the edge's boots that are new to this lane, by boot id; shared by the edge's lanes. */
  partsOf: Map<string, number>;
}
