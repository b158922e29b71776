import { Failure } from "../../kernel/failure.ts";
import { badRequest } from "../core/status-errors.ts";
import type { Faults } from "./faults.ts";
import { parseFault } from "./parse-fault.ts";

/**
 * `/aura/v1/faults`: GET shows faults and the latest strikes, POST adds one or a list (all or none), DELETE ends the one
 * with the `id` in its body, or all.
 */
export function faultEndpoints(faults: Faults): Record<string, (body: unknown) => object> {
  return {
    "GET /aura/v1/faults": () => ({ items: faults.list(), strikes: faults.strikes() }),
    "POST /aura/v1/faults": (body) => {
      const specs = [body].flat();
      for (const spec of specs) check(spec);
      return { items: specs.map((spec) => faults.add(spec)) };
    },
    "DELETE /aura/v1/faults": (body) => {
      const id = (body as { id?: unknown } | null | undefined)?.id;
      return { ended: typeof id === "string" ? Number(faults.remove(id)) : faults.clear() };
    },
  };
}

function check(spec: unknown): void {
  try {
    parseFault(spec, "request");
  } catch (error) {
    if (error instanceof Failure) throw badRequest([error.message, ...(error.details.problems ?? [])].join("; "));
    throw error;
  }
}
