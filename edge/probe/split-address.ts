/** `host`, `host:port`, `IPv6` or `[IPv6]:port`, as endpoints' addresses are written. */
export function splitAddress(target: string): { host: string; port: number | undefined } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(target);
  const simple = /^([^:]+)(?::(\d+))?$/.exec(target);
  const [, host = target, port] = bracketed ?? simple ?? [];
  return { host, port: port === undefined ? undefined : Number(port) };
}
