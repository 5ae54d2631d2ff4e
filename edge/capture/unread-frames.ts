/** Sources that are named; more tell nothing new. */
const NAMED = 20;

/**
 * Frames that could not be read, by where they came from: each source is named once, with how many
 * frames it had.
 */
export class UnreadFrames {
  readonly #counts = new Map<string, number>();
  #otherFrames = 0;
  readonly #sections: string[] = [];

  /** `source` says which frames: "interface 0 (link type 127)". */
  add(source: string): void {
    const count = this.#counts.get(source);
    if (count === undefined && this.#counts.size === NAMED) this.#otherFrames += 1;
    else this.#counts.set(source, (count ?? 0) + 1);
  }

  /** A part of the capture that was passed by, in a sentence. */
  addPart(sentence: string): void {
    if (this.#sections.length < NAMED) this.#sections.push(sentence);
  }

  /** A sentence for each source, to be read at the end. */
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

const countOf = (frames: number) => `${frames} ${frames === 1 ? 'frame' : 'frames'}`;
const were = (frames: number) => (frames === 1 ? 'was' : 'were');
