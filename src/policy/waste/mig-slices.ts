/** A part of a GPU with memory and SMs of its own. */
export interface MigSlice {
  /** Such as `1g.10gb`. */
  readonly name: string;
  readonly memoryMib: number;
  /** Share of the GPU's SMs. */
  readonly compute: number;
  /** How many of them a GPU holds. */
  readonly count: number;
}

/**
 * Profiles by GPU, as `slices of compute g . GB : how many`. Source: NVIDIA Multi-Instance GPU User Guide, Supported MIG Profiles
 * (A100 to B200); B300 and RTX PRO 6000 as in aws/sagemaker-hyperpod-cli#403.
 */
const profiles: Readonly<Record<string, { readonly of: number; readonly slices: string }>> = {
  a100: { of: 7, slices: "1g.5gb:7 1g.10gb:4 2g.10gb:3 3g.20gb:2" },
  "a100/81920": { of: 7, slices: "1g.10gb:7 1g.20gb:4 2g.20gb:3 3g.40gb:2" },
  h100: { of: 7, slices: "1g.10gb:7 1g.20gb:4 2g.20gb:3 3g.40gb:2" },
  h200: { of: 7, slices: "1g.18gb:7 1g.35gb:4 2g.35gb:3 3g.71gb:2" },
  b200: { of: 7, slices: "1g.23gb:7 1g.45gb:4 2g.45gb:3 3g.90gb:2" },
  b300: { of: 7, slices: "1g.34gb:7 1g.67gb:4 2g.67gb:3 3g.135gb:2" },
  "rtx-pro-server-6000": { of: 4, slices: "1g.24gb:4 2g.48gb:2" },
};

/** The slices that a GPU can be cut into, the smallest first; none where it knows no MIG. */
export function migSlices(gpu: string, memoryMib: number): readonly MigSlice[] {
  const known = profiles[`${gpu}/${memoryMib}`] ?? profiles[gpu];
  return (known?.slices ?? "").split(" ").flatMap((text) => {
    const [, name, units, gigabytes, count] = /^((\d)g\.(\d+)gb):(\d)$/.exec(text) ?? [];
    if (name === undefined || known === undefined) return [];
    // a slice called 10gb has 9728 MiB: never more than it has
    return { name, memoryMib: Number(gigabytes) * 950, compute: Number(units) / known.of, count: Number(count) };
  });
}
