/** Longer lines are stored in parts, as containerd does. */
export const maxPartBytes = 16 * 1024;

export type LogStream = "stdout" | "stderr";

/** One stored piece of a line: `whole` when the line ends with it. */
export interface LogRecord {
  readonly time: string;
  readonly whole: boolean;
  readonly content: Buffer;
}

const newline = 0x0a;
const space = 0x20;

/**
 * Turns output into records of the container runtime interface's log format,
 * `TIME STREAM F|P CONTENT\n`, where P marks a part of a line that goes on. Holds at most one part in memory.
 */
export function lineSplitter(stream: LogStream): {
  /** The records that `chunk` completes. */
  push(chunk: Buffer, time: string): Buffer[];
  /** The rest, which had no newline. */
  flush(time: string): Buffer[];
} {
  let rest: Buffer = Buffer.alloc(0);
  const record = (time: string, tag: "F" | "P", content: Buffer) => [
    Buffer.from(`${time} ${stream} ${tag} `),
    content,
    Buffer.from("\n"),
  ];
  return {
    push(chunk, time) {
      const records: Buffer[] = [];
      let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (;;) {
        const end = bytes.indexOf(newline);
        const length = end === -1 ? bytes.length : end;
        if (length > maxPartBytes) {
          const cut = characterStart(bytes, maxPartBytes);
          records.push(...record(time, "P", bytes.subarray(0, cut)));
          bytes = bytes.subarray(cut);
        } else if (end === -1) break;
        else {
          records.push(...record(time, "F", bytes.subarray(0, end)));
          bytes = bytes.subarray(end + 1);
        }
      }
      // a copy, so that a few bytes do not keep a whole chunk alive
      rest = Buffer.from(bytes);
      return records;
    },
    flush(time) {
      const records = rest.length === 0 ? [] : record(time, "P", rest);
      rest = Buffer.alloc(0);
      return records;
    },
  };
}

/** Turns stored bytes back into records; a record cut short by the end of what was read is kept for the next call. */
export function recordParser(): (bytes: Buffer) => LogRecord[] {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    const records: LogRecord[] = [];
    let all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    for (let end = all.indexOf(newline); end !== -1; end = all.indexOf(newline)) {
      const record = parseRecord(all.subarray(0, end));
      if (record !== undefined) records.push(record);
      all = all.subarray(end + 1);
    }
    rest = Buffer.from(all);
    return records;
  };
}

function parseRecord(line: Buffer): LogRecord | undefined {
  const first = line.indexOf(space);
  const second = line.indexOf(space, first + 1);
  const third = line.indexOf(space, second + 1);
  if (first === -1 || second === -1 || third === -1) return undefined;
  return {
    time: line.toString("latin1", 0, first),
    whole: line[second + 1] === 0x46,
    content: line.subarray(third + 1),
  };
}

/** RFC 3339 with nine digits, which sort as text. */
export function nanoTimestamp(ms: number): string {
  const whole = Math.floor(ms);
  const nanos = Math.floor((ms - whole) * 1e6);
  return new Date(whole).toISOString().replace("Z", `${String(nanos).padStart(6, "0")}Z`);
}

/** The last place at or before `at` where a UTF-8 character begins; `at` itself in what is not UTF-8. */
function characterStart(bytes: Buffer, at: number): number {
  for (let start = at; start > at - 4; start -= 1) {
    if (((bytes[start] ?? 0) & 0xc0) !== 0x80) return start;
  }
  return at;
}
