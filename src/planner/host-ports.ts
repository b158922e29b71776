import type { HostPort } from "./types.ts";

/** Whether two pods on one node would claim the same port (Karpenter's hostportusage.go; 0.0.0.0 is every address). */
export function clashes(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || (a.protocol ?? "TCP") !== (b.protocol ?? "TCP")) return false;
  const [first, second] = [a.ip || "0.0.0.0", b.ip || "0.0.0.0"];
  return first === second || first === "0.0.0.0" || second === "0.0.0.0";
}
