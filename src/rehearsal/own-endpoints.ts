import type { WarpClock } from "../kernel/clocks.ts";
import type { Core } from "./core/core.ts";
import { endedMachines } from "./ec2/ended-machines.ts";
import type { SimulatedEc2 } from "./ec2/fleet.ts";
import { faultEndpoints } from "./faults/endpoints.ts";
import type { Faults } from "./faults/faults.ts";
import type { Kubelet } from "./kubelet/kubelet.ts";
import type { ServerOptions } from "./server-files.ts";
import type { OpenStorage } from "./storage/storage.ts";
import type { ExtraHandler } from "./wire/call.ts";

export interface EndpointDeps {
  readonly core: Core;
  readonly clock: WarpClock;
  readonly kubelet: Kubelet;
  readonly fleet: SimulatedEc2;
  readonly faults: Faults;
  readonly storage: OpenStorage;
  readonly options: ServerOptions;
}

/** How many objects of a kind there are; kinds without any are left out. */
export interface ObjectCount {
  readonly apiVersion: string;
  readonly kind: string;
  readonly count: number;
}

/** What the command line asks beside the Kubernetes API, below /aura/v1/. */
export function ownEndpoints({ core, clock, kubelet, fleet, faults, storage, options }: EndpointDeps): ExtraHandler {
  const endpoints: Record<string, (body: unknown) => object> = {
    "GET /aura/v1/clock": () => {
      const answer = { now: clock.now(), pace: clock.pace(), speed: options.speed };
      // A restart must not go back behind the time that somebody saw
      storage.flush();
      return answer;
    },
    "GET /aura/v1/storage": () => storage.report(),
    "GET /aura/v1/objects": () => ({ items: objectCounts(core) }),
    "GET /aura/v1/usage": () => ({ items: kubelet.usage() }),
    "GET /aura/v1/instances": () => ({ items: fleet.instances() }),
    "GET /aura/v1/ended-machines": () => ({ items: endedMachines(fleet) }),
    ...faultEndpoints(faults),
    "POST /aura/v1/interruptions": (body) => ({ interrupted: fleet.interrupt(nodeNameIn(body)) }),
  };
  return (method, path, body) => {
    const endpoint = endpoints[`${method} ${path}`];
    return endpoint && Promise.resolve({ status: 200, body: endpoint(body) });
  };
}

function objectCounts(core: Core): ObjectCount[] {
  return core.kinds.all().flatMap(({ apiVersion, kind }) => {
    const count = core.list({ apiVersion, kind }).items.length;
    return count === 0 ? [] : [{ apiVersion, kind, count }];
  });
}

function nodeNameIn(body: unknown): string {
  const node = (body as { node?: unknown } | null)?.node;
  return typeof node === "string" ? node : "";
}
