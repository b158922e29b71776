import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

/** One series as Prometheus holds it: values by time, both in its units. */
export interface HeldSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds since the epoch, and the value as text. */
  readonly values: readonly (readonly [number, string])[];
}

export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly parameters: Readonly<Record<string, string>>;
}

export interface FakePrometheus {
  readonly url: string;
  readonly asked: readonly Asked[];
}

/** Answers an expression; undefined: no series. */
type Answer = (query: string) => readonly HeldSeries[] | undefined;
type Handle = (asked: Asked, response: ServerResponse) => void;

/** A Prometheus on loopback that answers `query_range` as the real one does: only points within the time asked for. */
export async function fakePrometheus(answer: Answer, prefix = ""): Promise<FakePrometheus> {
  return serve((asked, response) => {
    const { query = "", start, end } = asked.parameters;
    if (asked.path !== `${prefix}/api/v1/query_range`) return void response.writeHead(404).end("404 page not found\n");
    const within = ([at]: readonly [number, string]) => at >= Number(start) && at <= Number(end);
    const result = (answer(query) ?? []).map(({ metric, values }) => ({ metric, values: values.filter(within) }));
    const data = { resultType: "matrix", result: result.filter(({ values }) => values.length > 0) };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ status: "success", data }));
  });
}

/** A server on loopback that answers as told, whatever it is asked. */
export async function serve(handle: Handle): Promise<FakePrometheus> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      const one = {
        path: request.url ?? "",
        headers: request.headers,
        parameters: Object.fromEntries(new URLSearchParams(body)),
      };
      asked.push(one);
      handle(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
