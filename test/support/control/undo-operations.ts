import { type ControlState, type Entry, type ModelSite, siteOf } from './control-state.ts';

export interface Entries {
  /** Of the change that is undone or made again. */
  change: Entry;
  /** Of what does that. */
  own: Entry;
}

/**
 * What an undo leaves other than it was before the change, and what the undo of that undo leaves
 * other than it was after it.
 */
interface Leaves {
  /** Fields that are other than before, whatever the undo brings back. */
  fields?: readonly string[];
  undone?(before: ControlState, entries: Entries): void;
  redone?(after: ControlState, entries: Entries): void;
}

/** A site that is there again was restored, which is what a further restore answers. */
function restored(state: ControlState, { own }: Entries): void {
  siteOf(state, own.target!.slice('site:'.length)).restored = true;
}

/** A boot that is voided again is by another void. */
function voided({ edges }: ControlState, { change, own }: Entries): void {
  const { boot_id } = change.after as { boot_id: string };
  const edge = edges.find(({ id }) => own.target === `edge:${id}`)!;
  edge.boots.find(({ id }) => id === boot_id)!.voided_by = own.id;
}

const OF_THE_BOOT = ['boot_id', 'seq', 'parts', 'refused', 'rate'];

/** The changes that `undo` takes back. */
export const UNDOABLE: Record<string, Leaves> = {
  createSite: {
    // It lies in the archive.
    undone(before, { change }) {
      const { id, name, location } = change.after as ModelSite;
      before.sites.push({ id, name, location, active: false, restored: false, endpoints: [] });
    },
    redone: restored,
  },
  updateSite: {},
  deleteSite: { undone: restored },
  restoreSite: { redone: restored },
  addEndpoint: {},
  updateEndpoint: {},
  removeEndpoint: {},
  createPath: {},
  deletePath: {},
  createPolicy: {},
  updatePolicy: {},
  togglePolicy: {},
  restorePolicyVersion: {},
  deletePolicy: {},
  setPolicyRouting: {},
  registerEdge: {},
  retireEdge: {},
  resetPolicyStats: {},
  resetAllStats: {},
  undoReset: {},
  // A void ends the boot: which one the edge runs, and what it was told of it, stays so.
  voidBoot: { fields: OF_THE_BOOT, redone: voided },
  undoVoidBoot: { fields: OF_THE_BOOT, undone: voided },
  // After it is made again, it starts again.
  failoverPath: { fields: ['since'] },
};
