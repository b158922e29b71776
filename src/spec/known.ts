import type { Architecture } from "../kernel/vocabulary.ts";

/** What the checks must know of AWS. Passed in, because the catalog has the same rank as this folder. */
export interface Known {
  readonly regions: readonly string[];
  readonly families: readonly KnownFamily[];
  /** Kubernetes versions to begin with, newest last. */
  readonly kubernetesVersions: readonly string[];
  /** The availability zones to use when the file names none. */
  zonesOf(region: string): readonly string[];
}

export interface KnownFamily {
  readonly name: string;
  readonly gpu: boolean;
  readonly architecture: Architecture;
}
