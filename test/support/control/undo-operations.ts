import { type ControlState, type Entry, type ModelSite, siteOf } from './control-state.ts';

export interface Entries {
  /** Of the change that is undone or redone. */
  change: Entry;
  /** Of the undo or redo. */
  own: Entry;
}

/**
 * The differences that an undo leaves from the state before the change, and that the undo of that
 * undo leaves from the state after it.
 */
interface Leaves {
  /** Fields that differ afterwards, whatever the undo restores. */
  fields?: readonly string[];
  undone?(before: ControlState, entries: Entries): void;
  redone?(after: ControlState, entries: Entries): void;
}

/** A site that exists again was restored, which is the answer to another restore. */
function restored(state: ControlState, { own }: Entries): void {
  siteOf(state, own.target!.slice('site:'.length)).restored = true;
}

/** A boot that is voided again has another void. */
function voided({ edges }: ControlState, { change, own }: Entries): void {
  const { boot_id } = change.after as { boot_id: string };
  const edge = edges.find(({ id }) => own.target === `edge:${id}`)!;
  edge.boots.find(({ id }) => id === boot_id)!.voided_by = own.id;
}

const OF_THE_BOOT = ['boot_id', 'seq', 'parts', 'refused', 'rate'];

/** The changes that `undo` reverts. */
export const UNDOABLE: Record<string, Leaves> = {
  createSite: {
    // It is in the archive.
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
  // A void ends the boot: the edge's current boot, and its command about the old one, do not change
  // back.
  voidBoot: { fields: OF_THE_BOOT, redone: voided },
  undoVoidBoot: { fields: OF_THE_BOOT, undone: voided },
  // After a redo it starts again.
  failoverPath: { fields: ['since'] },
};
