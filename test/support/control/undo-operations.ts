import { type ControlState, type Entry, type ModelSite, siteOf } from './control-state.ts';

/** What an undo leaves other than it was before the change, and what the undo of that undo leaves other than it was after it. */
interface Leaves {
  /** Fields that are other than before, whatever the undo brings back. */
  fields?: readonly string[];
  undone?(before: ControlState, entry: Entry): void;
  redone?(after: ControlState, entry: Entry): void;
}

/** A site that is there again was restored, which is what a further restore answers. */
function restored(state: ControlState, { target }: Entry): void {
  siteOf(state, target!.slice('site:'.length)).restored = true;
}

const OF_THE_BOOT = ['boot_id', 'seq', 'parts', 'refused'];

/** The changes that `undo` takes back. */
export const UNDOABLE: Record<string, Leaves> = {
  createSite: {
    // It lies in the archive.
    undone(before, { after }) {
      const { id, name, location } = after as ModelSite;
      before.sites.push({ id, name, location, active: false, restored: false, endpoints: [] });
    },
    redone: restored,
  },
  updateSite: {},
  deleteSite: { undone: restored },
  restoreSite: { redone: restored },
  addEndpoint: {},
  removeEndpoint: {},
  createPath: {},
  deletePath: {},
  createPolicy: {},
  updatePolicy: {},
  togglePolicy: {},
  deletePolicy: {},
  setPolicyRouting: {},
  registerEdge: {},
  retireEdge: {},
  resetPolicyStats: {},
  resetAllStats: {},
  undoReset: {},
  // A void ends the boot: which one the edge runs, and what it was told of it, stays so.
  voidBoot: { fields: OF_THE_BOOT },
  undoVoidBoot: { fields: OF_THE_BOOT },
  // Made again, it begins anew.
  failoverPath: { fields: ['since'] },
};
