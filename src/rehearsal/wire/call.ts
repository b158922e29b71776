import type { IncomingMessage, ServerResponse } from "node:http";

import type { Clock } from "../../kernel/clock.ts";
import type { Core } from "../core/core.ts";
import type { Kind } from "../core/kinds.ts";
import type { Faults } from "../faults/faults.ts";
import type { LogSource } from "../kubelet/log-source.ts";
import type { FindContainer } from "../kubelet/runtime.ts";
import type { Outbox } from "./answer.ts";
import type { Certificate } from "./certificate.ts";
import type { Connections } from "./connections.ts";
import type { Limits } from "./limits.ts";

/** Aura's own endpoints below `/aura/v1/`: undefined means that there is no such endpoint. */
export type ExtraHandler = (
  method: string,
  path: string,
  body: unknown,
) => Promise<{ readonly status: number; readonly body: unknown }> | undefined;

export interface WireOptions {
  readonly core: Core;
  /** A clock with `hold` is held while a request is handled, so that no time passes for the cluster. */
  readonly clock: Clock & { hold?(): () => void };
  /** The bearer token of every request. */
  readonly token: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default: a new one. */
  readonly certificate?: Certificate;
  readonly logs: LogSource;
  /** Where exec finds what runs; without it nothing does. */
  readonly containers?: FindContainer;
  readonly extra?: ExtraHandler;
  /** Asked of every request for a resource and every event of a watch. */
  readonly faults?: Faults;
  /** Where they differ from the defaults. */
  readonly limits?: Partial<Limits>;
  /** Told of what its owner should know, a sentence each. */
  readonly log?: (message: string) => void;
  /** Told of what went wrong inside (a bug); the client gets a 500. */
  readonly onError?: (error: unknown) => void;
}

/** What every handler gets. */
export interface Served extends WireOptions {
  readonly port: number;
  readonly limits: Limits;
  readonly outbox: Outbox;
  readonly know: Connections["know"];
}

/** What a request is for. */
export interface Target {
  readonly pathname: string;
  readonly searchParams: URLSearchParams;
}

/** A request that was let in, with its body decoded. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: Target;
  readonly body: unknown;
  /** Tells the client something beside the answer. */
  readonly warn: (text: string) => void;
}

/** What a path of the API names. */
export interface Resource {
  readonly kind: Kind;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** Whether the query sets a flag: `watch=1`, `follow=true`. */
export function isTrue({ searchParams }: Target, name: string): boolean {
  return ["1", "true"].includes(searchParams.get(name) ?? "");
}
