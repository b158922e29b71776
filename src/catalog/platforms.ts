import { diskTable } from "./disks.ts";
import { shapeTable } from "./shapes.ts";
import { lazy, tableGroups, tableRows } from "./table.ts";

/** One size of a shape. */
export interface Platform {
  readonly size: string;
  readonly vcpu: number;
  readonly networkMbps: number;
  readonly ebsMbps: number;
  readonly pods: number;
}

/** Sizes by the name of their shape. */
export const shapes = lazy(() => {
  const parsed = new Map<string, readonly Platform[]>();
  for (const [name, rows] of tableGroups(shapeTable, "shape")) parsed.set(name, platformsOf(rows));
  return parsed;
});

/** Local NVMe in GB by size of the shape, by name. */
export const disks = lazy(() => new Map(tableRows(diskTable).map(([name = "", ...gb]) => [name, gb.map(Number)])));

function platformsOf(rows: readonly (readonly string[])[]): Platform[] {
  const [sizes = [], network = [], ebs = [], pods = []] = rows.map(([, ...cells]) => cells);
  return sizes.map((cell, index) => {
    const [size = "", vcpu] = cell.split(":");
    return {
      size,
      vcpu: vcpu === undefined ? vcpuOf(size) : Number(vcpu),
      networkMbps: Number(network[index]),
      ebsMbps: Number(ebs[index]),
      pods: Number(pods[index]),
    };
  });
}

/** `medium` 1, `large` 2, `xlarge` 4, `9xlarge` and `metal-9xl` 36. */
function vcpuOf(size: string): number {
  if (size === "medium") return 1;
  if (size === "large") return 2;
  const [, times] = /^(?:metal-)?(\d*)xl(?:arge)?$/.exec(size) ?? [];
  return 4 * Number(times || 1);
}
