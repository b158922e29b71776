import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";

import { type AwsCall, type AwsRequest, callOf } from "./front-call.ts";
import { eksAnswers } from "./front-eks.ts";
import { AwsError, type ErrorKind, errorOf, errorReply, outputReply, type Reply } from "./front-reply.ts";
import { withBucketPolicies } from "./front-s3.ts";
import { serviceAnswers } from "./front-services.ts";

// What stands before moto. SDK clients and the engines get it by AWS_ENDPOINT_URL.
//
// The front answers (front-eks.ts, front-services.ts), from shapes in the SDK's models and AWS's documentation:
//   EKS            DescribeClusterVersions, access entries and their policies, add-ons, DescribeAddonVersions, Pod Identity
//                  associations, UpdateClusterConfig and DescribeUpdate; DescribeCluster of moto with what these changed
//   ServiceQuotas  GetServiceQuota, GetAWSDefaultServiceQuota, ListServiceQuotas, ListAWSDefaultServiceQuotas
//   Pricing        GetProducts
//   EC2            DescribeCapacityReservations
//   IAM            ListInstanceProfileTags
//   ARCZonalShift  ListZonalShifts, ListManagedResources
//   S3             nothing; but conditions of bucket policies are hidden from moto (front-s3.ts)
// Everything else is moto's answer, unless a test gives one of its own with `answer`: then its name says so.

/** An answer in place of moto's: the output as it is on the wire; undefined passes the call on. Throw an `AwsError` to refuse. */
export type Answer = (call: AwsCall, forward: Forward) => object | undefined | Promise<object | undefined>;

/** Asks moto: the call as it came, or with changes. */
export type Forward = (changes?: Partial<AwsRequest>) => Promise<Reply>;

export interface Fault {
  readonly kind: ErrorKind | "reset" | "latency";
  /** As `EC2`. Default: every service. */
  readonly service?: string;
  readonly operation?: string;
  /** Only calls that this key signed: the way to have credentials expire, and new ones work. */
  readonly accessKeyId?: string;
  /** How many of those calls pass before. Default 0. */
  readonly after?: number;
  /** How many are hit. Default: all. */
  readonly times?: number;
  /** Every how many of them is hit. Default 1. */
  readonly every?: number;
  /** Of latency. Default 100 ms. */
  readonly delayMs?: number;
}

export interface Front {
  /** For AWS_ENDPOINT_URL. */
  readonly url: string;
  /** Answers with the address that this machine is seen by: for AURA_CHECK_IP_URL. */
  readonly checkIpUrl: string;
  /** Calls as `EC2:DescribeInstances`, an engine's as `engine S3:GetObject`, with how many there were since `forget`. */
  calls(): Readonly<Record<string, number>>;
  forget(): void;
  /** Hears each call, before it is answered. */
  onCall: ((call: AwsCall) => void) | undefined;
  /** Answers an operation; the latest answer is asked first. Returns what takes it back. */
  answer(service: string, operation: string, answer: Answer): () => void;
  /** Changes what an operation of a JSON API answers, where it does not refuse. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the operation answers
  amend(service: string, operation: string, change: (output: any) => void): () => void;
  /** Injects a fault; returns what ends it. */
  fault(fault: Fault): () => void;
  /** Takes back answers, faults, counts, and what was made in the front. */
  reset(): void;
  stop(): Promise<void>;
}

/** The key of the tests' own calls: they are neither counted nor hit by faults. */
export const insider = "AKIAINSIDER000000000";

/** The address that `checkIpUrl` answers with. */
export const ownAddress = "203.0.113.7";

export async function startFront(motoUrl: string): Promise<Front> {
  const state = freshState();
  const server = createServer((incoming, response) => {
    answerOne(state, motoUrl, incoming, response).catch((error: unknown) => {
      // a bug of the front must not look like a fault of AWS
      console.error("front:", error);
      response.destroy();
    });
  });
  // an SDK keeps its connections open
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    checkIpUrl: `${url}/check-ip`,
    calls: () => Object.fromEntries([...state.calls].toSorted(([a], [b]) => a.localeCompare(b))),
    forget: () => state.calls.clear(),
    get onCall() {
      return state.onCall;
    },
    set onCall(heard) {
      state.onCall = heard;
    },
    answer: (service, operation, answer) => added(state.answers, { service, operation, answer }),
    amend: (service, operation, change) => added(state.amendments, { name: `${service}:${operation}`, change }),
    fault: (fault) => added(state.faults, { fault, seen: 0, hit: 0 }),
    reset: () => void Object.assign(state, freshState()),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface State {
  readonly calls: Map<string, number>;
  readonly answers: { service: string; operation: string; answer: Answer }[];
  readonly amendments: { readonly name: string; readonly change: (output: unknown) => void }[];
  readonly faults: { readonly fault: Fault; seen: number; hit: number }[];
  readonly own: ReadonlyMap<string, Answer>;
  onCall: ((call: AwsCall) => void) | undefined;
}

function freshState(): State {
  const own = new Map(Object.entries({ ...eksAnswers(), ...serviceAnswers() }));
  return { calls: new Map(), answers: [], amendments: [], faults: [], own, onCall: undefined };
}

function added<T>(list: T[], one: T): () => void {
  list.unshift(one);
  return () => void list.splice(list.indexOf(one), list.includes(one) ? 1 : 0);
}

async function answerOne(state: State, motoUrl: string, incoming: IncomingMessage, response: ServerResponse) {
  const { method = "GET", url = "/", headers } = incoming;
  if (url === "/check-ip") return void response.end(`${ownAddress}\n`);
  const asked: AwsRequest = { method, url, headers, body: await buffer(incoming) };
  const forward: Forward = (changes) =>
    withBucketPolicies({ ...asked, ...changes }, (request) => passOn(motoUrl, request));
  const call = callOf(asked);
  const reply = call === undefined ? await forward() : await answered(state, call, forward);
  if (reply === undefined) return void response.destroy();
  response.writeHead(reply.status, { ...reply.headers });
  response.end(method === "HEAD" ? undefined : reply.body);
}

/** Undefined where the connection breaks. */
async function answered(state: State, call: AwsCall, forward: Forward): Promise<Reply | undefined> {
  const name = `${call.service}:${call.operation}`;
  if (call.accessKeyId === insider) return outcome(state, call, forward);
  const counted = call.isEngine ? `engine ${name}` : name;
  state.calls.set(counted, (state.calls.get(counted) ?? 0) + 1);
  state.onCall?.(call);
  const fault = faultOf(state, call);
  if (fault?.kind === "reset") return undefined;
  if (fault?.kind === "latency") await setTimeout(fault.delayMs ?? 100);
  else if (fault !== undefined) return errorReply(call, errorOf(fault.kind, call));
  return outcome(state, call, forward);
}

async function outcome(state: State, call: AwsCall, forward: Forward): Promise<Reply> {
  const reply = await unamended(state, call, forward);
  const amendments = state.amendments.filter(({ name }) => name === `${call.service}:${call.operation}`);
  if (reply.status !== 200 || amendments.length === 0) return reply;
  const output = JSON.parse(reply.body.toString());
  for (const { change } of amendments) change(output);
  return outputReply(call, output);
}

async function unamended(state: State, call: AwsCall, forward: Forward): Promise<Reply> {
  const name = `${call.service}:${call.operation}`;
  const given = state.answers.filter(({ service, operation }) => `${service}:${operation}` === name);
  const own = state.own.get(name);
  try {
    for (const answer of [...given.map((one) => one.answer), ...(own === undefined ? [] : [own])]) {
      const output = await answer(call, forward);
      if (output !== undefined) return outputReply(call, output);
    }
    return await forward();
  } catch (error) {
    if (error instanceof AwsError) return errorReply(call, error);
    throw error;
  }
}

function faultOf(state: State, call: AwsCall): Fault | undefined {
  for (const one of state.faults) {
    const { service, operation, accessKeyId, after = 0, every = 1, times = Number.POSITIVE_INFINITY } = one.fault;
    if (service !== undefined && service !== call.service) continue;
    if (operation !== undefined && operation !== call.operation) continue;
    if (accessKeyId !== undefined && accessKeyId !== call.accessKeyId) continue;
    one.seen += 1;
    if (one.seen <= after || (one.seen - after - 1) % every !== 0 || one.hit >= times) continue;
    one.hit += 1;
    return one.fault;
  }
  return undefined;
}

function passOn(motoUrl: string, { method, url, headers, body }: AwsRequest): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { "transfer-encoding": _, ...kept } = headers;
    const call = request(
      `${motoUrl}${url}`,
      { method, headers: { ...kept, "content-length": body.length, connection: "close" } },
      (response) => {
        buffer(response).then((text) => {
          const { connection: __, "transfer-encoding": ___, "keep-alive": ____, ...answer } = response.headers;
          const entries = Object.entries(answer).map(([name, value]) => [name, `${value}`]);
          resolve({ status: response.statusCode ?? 502, headers: Object.fromEntries(entries), body: text });
        }, reject);
      },
    );
    call.on("error", reject);
    call.end(body);
  });
}
