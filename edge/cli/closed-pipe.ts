/**
 * A reader that has enough closes the pipe, as `head` does: that is no error of the program that
 * writes.
 *
 * @param onClosed what is to be done then; without it the program goes on to its end, and what it
 * prints goes nowhere
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
