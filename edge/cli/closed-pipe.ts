/**
 * A reader that needs no more data closes the pipe, as `head` does. This is not an error of the
 * writing program.
 *
 * @param onClosed called then; without it, the program continues to its end, and its output is
 * discarded
 */
export function allowClosedPipe(
  onClosed: () => void = () => {},
  stream: NodeJS.WritableStream = process.stdout,
): void {
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EPIPE') throw cause;
    onClosed();
  });
}
