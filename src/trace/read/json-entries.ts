import { Failure } from "../../kernel/failure.ts";
import type { TextSink } from "./lines.ts";

/** A job with thousands of attempts stays under it. */
const longestEntry = 1 << 22;

const [quote, backslash, newline, open, close, openList, closeList] = [...'"\\\n{}[]'].map((at) => at.charCodeAt(0));

/**
 * Cuts a JSON array of objects into the text of each object, with the line that it starts in, without holding the whole.
 * What stands between the objects is not looked at.
 */
export function jsonEntries(file: string, take: (entry: string, line: number) => void): TextSink {
  let [depth, line, entryLine, from, rest] = [0, 1, 1, 0, ""];
  let [inText, escaped] = [false, false];
  const inside = (code: number) => {
    if (escaped) escaped = false;
    else if (code === backslash) escaped = true;
    else if (code === quote) inText = false;
  };
  const begin = (code: number, at: number) => {
    // the list around all objects is none of them
    if (depth === 0 && code === openList) return;
    if (depth === 0) [from, entryLine] = [at, line];
    depth += 1;
  };
  const finish = (chunk: string, at: number) => {
    if (depth === 0) return;
    depth -= 1;
    if (depth > 0) return;
    const entry = rest + chunk.slice(from, at + 1);
    rest = "";
    take(entry, entryLine);
  };
  const outside = (code: number, chunk: string, at: number) => {
    if (code === quote) inText = depth > 0;
    else if (code === open || code === openList) begin(code, at);
    else if (code === close || code === closeList) finish(chunk, at);
  };
  return {
    push(chunk) {
      from = 0;
      for (let at = 0; at < chunk.length; at += 1) {
        const code = chunk.charCodeAt(at);
        if (code === newline) line += 1;
        if (inText) inside(code);
        else outside(code, chunk, at);
      }
      if (depth > 0) rest += chunk.slice(from);
      if (rest.length > longestEntry) throw tooLong(file, entryLine);
    },
    end() {
      if (depth > 0) throw cutOff(file, entryLine);
    },
  };
}

function tooLong(file: string, line: number): Failure {
  return new Failure("FILE_INVALID", `the job of line ${line} of ${file} is longer than ${longestEntry >> 20} MiB`, {
    where: `${file}:${line}`,
    why: "a job of Philly's cluster_job_log is some hundred characters for each attempt",
    fix: 'check that it is a list of jobs: [{"jobid": …, "attempts": […]}, …]',
  });
}

function cutOff(file: string, line: number): Failure {
  return new Failure("FILE_INVALID", `${file} ends within the job that starts in line ${line}`, {
    where: `${file}:${line}`,
    why: "the file was cut off while it was copied or unpacked",
    fix: "fetch it again",
  });
}
