import { setMaxListeners } from "node:events";

import type { AwsClients } from "../clients.ts";

/** How AWS is reached: what each call gets beside its parameters ends it when the command is stopped. */
export interface Hands {
  readonly clients: AwsClients;
  readonly call: { readonly abortSignal?: AbortSignal };
}

export function handsOf(clients: AwsClients, signal: AbortSignal | undefined): Hands {
  // Every call that is under way listens to it, and that many kinds are looked for at once
  if (signal !== undefined) setMaxListeners(0, signal);
  return { clients, call: signal === undefined ? {} : { abortSignal: signal } };
}
