/** The same pages. While the caller processes one, the next is already requested. */
export async function* readAhead<T>(pages: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = pages.next();
  for (;;) {
    const { value, done } = await next;
    if (done) return;
    next = pages.next();
    // The await above throws it. A caller that stops earlier doesn't need it.
    next.catch(() => {});
    yield value;
  }
}
