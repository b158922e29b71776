/** What a client may hold of the server, and for how long: the others want to be served too. */
export interface Limits {
  /** Connections at once, of all clients together: each watch and each followed log has one of its own. */
  readonly connections: number;
  /** Commands that `exec` runs at once. */
  readonly execs: number;
  /** Until the TLS handshake is done, and from then until the first request's headers are there. */
  readonly headersMs: number;
  /** Until a request is there with its whole body. The clock is held meanwhile. */
  readonly requestMs: number;
  /** Between two requests. */
  readonly idleMs: number;
}

export const defaultLimits: Limits = {
  connections: 2048,
  execs: 64,
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 60_000,
};

const longestCheckMs = 5000;

/** How often connections are looked at: Node's own 30 s would let each of them stay so much longer. */
export function checkEveryMs({ headersMs }: Limits): number {
  return Math.min(longestCheckMs, headersMs / 2);
}
