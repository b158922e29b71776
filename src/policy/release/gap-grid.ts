/**
 * Where gaps are told apart: bucket `k` holds those above `edges[k]` and not above `edges[k + 1]`, bucket 0 also those of
 * no length. The edges are also the holds to choose from. Fine where many gaps of GPU jobs are (seconds to minutes), and as
 * long as anybody holds (4 B of an hour).
 */
export const edges: readonly number[] = [
  0, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 450, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 10_800,
  14_400,
];

export const bucketCount = edges.length - 1;

/** Edges without a check at each read. */
export const edgeSeconds = Float64Array.from(edges);

/** Where the mean of a bucket's gaps is taken to be: short gaps are more frequent than long ones in all of them. */
export const middles = Float64Array.from({ length: bucketCount }, (_, k) => {
  const [low = 0, high = 0] = [edges[k], edges[k + 1]];
  return low + 0.45 * (high - low);
});

/** The bucket of a gap; `bucketCount` for one beyond the last edge. */
export function bucketOf(seconds: number): number {
  let [low, high] = [0, bucketCount];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (seconds <= (edgeSeconds[middle + 1] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
