/** Which log, and how much of it: the query of `GET …/pods/NAME/log`. */
export interface LogRequest {
  readonly namespace: string;
  /** The pod's name. */
  readonly pod: string;
  /** The pod's uid: names are used again, uids are not. Logs of a deleted pod stay readable by it. */
  readonly uid: string;
  readonly container: string;
  /** Go on until this run of the container ends. Default false. */
  readonly follow?: boolean;
  /** Put the RFC 3339 time before each line. Default false. */
  readonly timestamps?: boolean;
  /** Only the last lines; all when absent. */
  readonly tailLines?: number;
  /** Only lines written at or after this time, milliseconds since the epoch in the cluster's clock. */
  readonly sinceMs?: number;
  /** End after this many bytes. */
  readonly limitBytes?: number;
  /** The run before the last restart. Default false. */
  readonly previous?: boolean;
  /** Ends the reading quietly. */
  readonly signal?: AbortSignal;
}

/** Where the wire gets logs from. */
export interface LogSource {
  /**
   * The log as chunks of text, in memory bounded by a chunk. Bytes that are not UTF-8 arrive as U+FFFD.
   * Nothing when the container has never run.
   */
  read(request: LogRequest): AsyncIterable<string>;
}
