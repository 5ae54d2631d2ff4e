import { count } from '../../core/count-words.ts';

/** Maximum number of sources that are named. */
const NAMED = 20;

/**
 * Frames that could not be read, by source: each source is named once, with its number of frames.
 */
export class UnreadFrames {
  readonly #counts = new Map<string, number>();
  #otherFrames = 0;
  readonly #sections: string[] = [];

  /** `source` describes the frames: "interface 0 (link type 127)". */
  add(source: string): void {
    const count = this.#counts.get(source);
    if (count === undefined && this.#counts.size === NAMED) this.#otherFrames += 1;
    else this.#counts.set(source, (count ?? 0) + 1);
  }

  /** Adds a skipped part of the capture, as a sentence. */
  addPart(sentence: string): void {
    if (this.#sections.length < NAMED) this.#sections.push(sentence);
  }

  /** One sentence per source; complete at the end of the capture. */
  get sentences(): string[] {
    const named = [...this.#counts].map(
      ([source, count]) => `${countOf(count)} of ${source} can't be read and ${were(count)} not counted.`,
    );
    const frames = this.#otherFrames;
    const others =
      frames === 0
        ? []
        : [`${countOf(frames)} of other sources can't be read and ${were(frames)} not counted.`];
    return [...this.#sections, ...named, ...others];
  }
}

const countOf = (frames: number) => count(frames, 'frame');
const were = (frames: number) => (frames === 1 ? 'was' : 'were');
