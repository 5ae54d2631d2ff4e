import { constants, createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';
import { CaptureError } from './capture-error.ts';

type Engine = Gunzip | ZstdDecompress;

/** Number of unpacked bytes per step. An engine keeps its window and one such piece in memory. */
const PIECE_BYTES = 256 * 1024;
/** If packed data is damaged, the output of the last input piece is lost, so pieces are small. */
const PACKED_PIECE_BYTES = 64 * 1024;
const LONGEST_MAGIC = 4;
/** Bytes of a skippable zstd frame's header, which contains its length. */
const PASSED_HEADER_BYTES = 8;

interface Packer {
  name: string;
  begins(head: Buffer): boolean;
  /** Number of bytes of a part without data, its header included; 0 for a part with data. */
  passedBytes?(head: Buffer): number;
  open(): Engine;
}

const PACKERS: Packer[] = [
  {
    name: 'gzip',
    begins: head => head.length >= 2 && head.readUInt16BE(0) === 0x1f8b,
    open: () => createGunzip({ chunkSize: PIECE_BYTES, readableHighWaterMark: 1 } as object),
  },
  {
    name: 'zstd',
    begins: head => isZstdData(head) || isZstdPassed(head),
    passedBytes: head => (isZstdPassed(head) && head.length === 8 ? 8 + head.readUInt32LE(4) : 0),
    open: () =>
      createZstdDecompress({
        chunkSize: PIECE_BYTES,
        readableHighWaterMark: 1,
        params: { [constants.ZSTD_d_windowLogMax]: 27 },
      } as object),
  },
];

function isZstdData(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528;
}

/** A skippable frame (RFC 8878), as pzstd writes before each data frame. */
function isZstdPassed(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32LE(0) >>> 4 === 0x184d2a5;
}

/**
 * The same pieces; those of gzip or zstd unpacked, piece by piece, in bounded memory. What was
 * packed in several parts (`cat a.gz b.gz`, pigz, pzstd) is one input.
 *
 * @throws CaptureError for packed data that is damaged or cut short, after all that could be
 * unpacked.
 */
export async function* unpacked(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const input = new PackedInput(pieces);
  try {
    const head = await input.peek(LONGEST_MAGIC);
    const packer = PACKERS.find(({ begins }) => begins(head));
    if (packer) yield* unpackParts(packer, input);
    else yield* input.rest();
  } finally {
    await input.close();
  }
}

async function* unpackParts(packer: Packer, input: PackedInput): AsyncGenerator<Buffer> {
  for (;;) {
    yield* unpackPart(packer, input);
    const head = await input.peek(LONGEST_MAGIC);
    if (head.length === 0) return;
    if (!packer.begins(head)) {
      const { offset } = input;
      // Tapes and some programs fill up with zeros.
      if (await input.isZerosToEnd()) return;
      throw new CaptureError(
        `After the ${packer.name} data there are other data (from byte ${offset} of the file); everything before was counted.`,
        offset,
      );
    }
  }
}

/** One part: a gzip file, or a zstd frame. */
async function* unpackPart(packer: Packer, input: PackedInput): AsyncGenerator<Buffer> {
  const passed = packer.passedBytes?.(await input.peek(PASSED_HEADER_BYTES)) ?? 0;
  if (passed > 0) return input.pass(passed);
  const begin = input.offset;
  const engine = packer.open();
  const part = new EnginePart(engine);
  try {
    for (;;) {
      const packed = await input.next(PACKED_PIECE_BYTES);
      if (packed === undefined) break;
      yield* part.unpack(packed);
      if (part.ended) {
        input.putBack(part.left);
        if (input.offset === begin) throw damaged(packer, begin, 'nothing could be read');
        return;
      }
    }
    yield* part.end();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    if (code !== 'Z_BUF_ERROR') throw damaged(packer, input.offset, message);
    throw new CaptureError(
      `The ${packer.name} data is truncated after ${input.offset} bytes. What could be unpacked was counted.`,
      input.offset,
    );
  } finally {
    engine.destroy();
  }
}

function damaged({ name }: Packer, offset: number, reason: string): CaptureError {
  return new CaptureError(
    `The ${name} data is damaged before byte ${offset} (${reason}). What could be unpacked before was counted.`,
    offset,
  );
}

/**
 * An engine of zlib, driven piece by piece: all output of a piece is passed on before the next one
 * goes in, so that an error loses no unpacked data.
 */
class EnginePart {
  /**
   * Whether the part ended within the last piece; the last `left` bytes of that piece belong to
   * what follows.
   */
  ended = false;
  left = 0;
  readonly #engine: Engine;
  #given = 0;
  #closed = false;
  #failure: Error | undefined;
  #wake = () => {};

  constructor(engine: Engine) {
    this.#engine = engine;
    const wake = () => this.#wake();
    engine.on('readable', wake);
    engine.on('end', () => {
      this.#closed = true;
      wake();
    });
    engine.on('error', cause => {
      this.#failure = cause;
      wake();
    });
  }

  async *unpack(packed: Buffer): AsyncGenerator<Buffer> {
    let taken = false;
    this.#given += packed.length;
    this.#engine.write(packed, cause => {
      if (cause) this.#failure ??= cause;
      taken = true;
      this.#wake();
    });
    yield* this.#until(() => taken);
    this.left = this.#given - this.#engine.bytesWritten;
    this.ended ||= this.left > 0;
  }

  async *end(): AsyncGenerator<Buffer> {
    this.#engine.end();
    yield* this.#until(() => false);
  }

  /** What comes out until nothing more does and `done` holds, or the part ends. */
  async *#until(done: () => boolean): AsyncGenerator<Buffer> {
    for (;;) {
      const woken = new Promise<void>(resolve => {
        this.#wake = resolve;
      });
      const piece: Buffer | null = this.#engine.read();
      if (piece !== null) {
        yield piece;
        continue;
      }
      if (this.#failure) throw this.#failure;
      if (this.#closed || done()) return;
      await woken;
    }
  }
}

/** Packed bytes that can be inspected before they are consumed. */
class PackedInput {
  /** Bytes that were taken. */
  offset = 0;
  readonly #pieces: AsyncIterator<Buffer>;
  #piece: Buffer = Buffer.alloc(0);
  /** What was taken of the piece. */
  #at = 0;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Returns up to this many bytes without consuming them; fewer only at the end. */
  async peek(bytes: number): Promise<Buffer> {
    while (this.#piece.length - this.#at < bytes) {
      // A piece is valid only until the next one.
      const left = Buffer.from(this.#piece.subarray(this.#at));
      const { value, done } = await this.#pieces.next();
      this.#piece = done ? left : left.length === 0 ? value : Buffer.concat([left, value]);
      this.#at = 0;
      if (done) break;
    }
    return this.#piece.subarray(this.#at, this.#at + bytes);
  }

  /** The next bytes, at most `most`; undefined at the end. They are valid until the next call. */
  async next(most: number): Promise<Buffer | undefined> {
    if ((await this.peek(1)).length === 0) return undefined;
    const bytes = this.#piece.subarray(this.#at, this.#at + most);
    this.#take(bytes.length);
    return bytes;
  }

  /** Returns the last bytes of the piece from `next`, which were not used. */
  putBack(bytes: number): void {
    this.#take(-bytes);
  }

  /** Skips this many bytes, or all up to the end. */
  async pass(bytes: number): Promise<void> {
    let left = bytes;
    while (left > 0) {
      const passed = await this.next(left);
      if (passed === undefined) return;
      left -= passed.length;
    }
  }

  async *rest(): AsyncGenerator<Buffer> {
    for (;;) {
      const bytes = await this.next(Number.MAX_SAFE_INTEGER);
      if (bytes === undefined) return;
      yield bytes;
    }
  }

  async isZerosToEnd(): Promise<boolean> {
    for (;;) {
      const bytes = await this.next(PACKED_PIECE_BYTES);
      if (bytes === undefined) return true;
      if (bytes.some(byte => byte !== 0)) return false;
    }
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  #take(bytes: number): void {
    this.#at += bytes;
    this.offset += bytes;
  }
}
