/** The same pages; while one is being worked on the next is already asked for. */
export async function* readAhead<T>(pages: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = pages.next();
  for (;;) {
    const { value, done } = await next;
    if (done) return;
    next = pages.next();
    // Thrown where it is waited for; who stops before that has no use for it.
    next.catch(() => {});
    yield value;
  }
}
