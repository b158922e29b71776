import type { Source } from "./instance-type.ts";
import { published } from "./source.ts";

/** A version of the control plane that EKS offers in standard support. */
export interface KubernetesVersion {
  readonly version: string;
  /** The day extended support begins, and with it six times the price: `2027-03-27`; a month where no day is known. */
  readonly standardSupportEnds: string;
  readonly source: Source;
}

const calendar = published("Amazon EKS User Guide, release calendar; Karpenter 1.14 compatibility", "2026-11-23");

/**
 * Versions that are worth beginning with, newest last. Not 1.34: its standard support ends on 2026-12-02. Not 1.37: it
 * needs Karpenter 1.15.
 */
export const kubernetesVersions: readonly KubernetesVersion[] = [
  { version: "1.35", standardSupportEnds: "2027-03-27", source: calendar },
  { version: "1.36", standardSupportEnds: "2027-08", source: calendar },
];
