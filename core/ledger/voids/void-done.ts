import type { WriteAction } from '../../storage/write-action.ts';
import type { CorrectionHead } from './corrections.ts';
import type { BootName } from './voided-boot.ts';

/** Called for a boot that its edge was running when it was voided. */
export type OnVoided = (boot: BootName) => WriteAction[];

/** A boot that was voided. */
export interface VoidDone extends CorrectionHead {
  /** The boot's counts. */
  packets: bigint;
  bytes: bigint;
  policies: number;
  was_current: boolean;
}
