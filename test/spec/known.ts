import type { Known } from "../../src/spec/known.ts";

/** A small AWS: enough to tell right names from wrong ones, and independent of the catalog. */
export const known: Known = {
  regions: ["us-east-1", "us-west-2", "eu-west-1"],
  families: [
    ...["m7i", "m7a", "m6i", "m6a", "c7i", "c7a", "c6i", "c6a", "t3"].map((name) => ({
      name,
      gpu: false,
      architecture: "amd64" as const,
    })),
    ...["m7g", "c7g"].map((name) => ({ name, gpu: false, architecture: "arm64" as const })),
    ...["g4dn", "g5", "g6", "p5"].map((name) => ({ name, gpu: true, architecture: "amd64" as const })),
    { name: "g5g", gpu: true, architecture: "arm64" },
  ],
  kubernetesVersions: ["1.35", "1.36"],
  zonesOf: (region) => ["a", "b", "c"].map((letter) => region + letter),
};
