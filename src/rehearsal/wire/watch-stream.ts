import type { ServerResponse } from "node:http";

/** A watcher that does not read is cut off when more than this waits for it: it comes back and lists anew. */
const mostWaitingBytes = 4 * 1024 * 1024;

export interface WatchStream {
  send(line: string): void;
  end(): void;
  /** Breaks the connection once what waits is sent: whoever comes back has got on. */
  breakOff(): void;
  isOpen(): boolean;
  /** Called once, when the stream ends for whatever reason; at once when it has ended. */
  onEnd(callback: () => void): void;
}

/** Lines to one client. `keep` is called before any of them leaves. */
export function openStream(response: ServerResponse, keep: () => void): WatchStream {
  const callbacks: (() => void)[] = [];
  let ended = false;
  let lines: string[] = [];
  let [waitingBytes, knownBytes, greatest] = [0, 0, 0];
  const settle = () => {
    ended = true;
    lines = [];
    for (const callback of callbacks.splice(0)) callback();
  };
  const cut = () => {
    settle();
    response.destroy();
  };
  const write = () => {
    if (ended || lines.length === 0) return;
    keep();
    response.write(bytesOf(lines));
    lines = [];
    waitingBytes = 0;
    knownBytes = 0;
  };
  // Changes of one turn of the event loop go out together: each write is a TLS record. However much comes in one turn
  // (what there was to begin with, a thousand pods at once), it says nothing of how fast the client reads. While it
  // does not read, the lines stay here: those of one object are the same text for every watcher
  const flush = () => {
    greatest = Math.max(greatest, waitingBytes - knownBytes);
    knownBytes = waitingBytes;
    if (!response.writableNeedDrain) write();
    else if (waitingBytes > mostWaitingBytes + greatest) cut();
  };
  response.on("drain", write);
  response.once("close", settle);
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache, private" });
  response.flushHeaders();
  return {
    send(line) {
      if (ended) return;
      if (waitingBytes === knownBytes) setImmediate(flush);
      lines.push(line);
      waitingBytes += line.length;
    },
    end() {
      write();
      settle();
      response.end();
    },
    breakOff() {
      write();
      settle();
      response.socket?.destroySoon();
    },
    isOpen: () => !ended,
    onEnd: (callback) => (ended ? callback() : callbacks.push(callback)),
  };
}

let lastLines: readonly string[] = [];
let lastBytes = Buffer.alloc(0);

/** Watchers of the same things have the same lines to send one after the other: they are encoded once. */
function bytesOf(lines: readonly string[]): Buffer {
  if (lines.length !== lastLines.length || lines.some((line, index) => line !== lastLines[index])) {
    lastLines = lines;
    lastBytes = Buffer.from(lines.join(""));
  }
  return lastBytes;
}
