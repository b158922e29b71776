import { offerings } from "../../../src/catalog/offerings.ts";
import type { PlaceRequest } from "../../../src/policy/policy.ts";

/** A g5.xlarge in two zones, on demand and on spot, and a job of about an hour that writes checkpoints. */
export function requestFor(changes: Partial<PlaceRequest> = {}): PlaceRequest {
  const offers = offerings({ region: "us-east-1", zones: ["us-east-1a", "us-east-1b"], families: ["g5"] }).filter(
    ({ instanceType }) => instanceType.name === "g5.xlarge",
  );
  return {
    offers,
    nodes: 1,
    expectedSeconds: { p50: 3600, p90: 7200 },
    checkpointSeconds: 60,
    costs: { usdPerHour: 1, launchSeconds: 300, loadSeconds: 0, waitingWeight: 1, restartUsd: 0 },
    refusedUntilSeconds: new Map(),
    nowSeconds: 0,
    ...changes,
  };
}
