import { Failure } from "../../kernel/failure.ts";

/** Takes text in chunks. */
export interface TextSink {
  push(chunk: string): void;
  end(): void;
}

/** No format has lines near this: a longer one is no trace, and is not worth the memory. */
const longestLine = 1 << 18;

/** Cuts chunks into lines, numbered from 1, without their ends (LF or CRLF). The last may lack its end. */
export function lineSplitter(file: string, take: (line: string, number: number) => void): TextSink {
  let [rest, number] = ["", 0];
  const emit = (line: string) => {
    number += 1;
    take(line.endsWith("\r") ? line.slice(0, -1) : line, number);
  };
  const keep = (part: string) => {
    if (rest.length + part.length > longestLine) throw lineTooLong(file, number + 1);
    rest += part;
  };
  return {
    push(chunk) {
      let from = 0;
      for (let to = chunk.indexOf("\n"); to >= 0; to = chunk.indexOf("\n", from)) {
        if (rest === "") emit(chunk.slice(from, to));
        else {
          keep(chunk.slice(from, to));
          const line = rest;
          rest = "";
          emit(line);
        }
        from = to + 1;
      }
      keep(chunk.slice(from));
    },
    end() {
      if (rest !== "") emit(rest);
      rest = "";
    },
  };
}

function lineTooLong(file: string, line: number): Failure {
  return new Failure("FILE_INVALID", `line ${line} of ${file} is longer than ${longestLine / 1024} KiB`, {
    why: "a trace has one job, pod or request in each line",
    where: `${file}:${line}`,
    fix: "check that it is the CSV file itself, with line ends, and not a web page, an archive or one JSON value",
  });
}
