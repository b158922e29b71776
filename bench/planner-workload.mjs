// The workload of Karpenter's own scheduling benchmark (kubernetes-sigs/karpenter v1.14.1,
// scheduling_benchmark_test.go, cloudprovider/fake/instancetype.go), drawn from a seeded generator.

const mib = 2 ** 20;
const source = { name: "Karpenter's fake cloud provider", asOf: "2026-01-01", estimate: true };
const labelValues = ["a", "b", "c", "d", "e", "f", "g"];
const cpuMillis = [100, 250, 500, 1000, 1500];
const memoryMib = [100, 256, 512, 1024, 2048, 4096];
const zoneKey = "topology.kubernetes.io/zone";
const hostKey = "kubernetes.io/hostname";

/** Numbers in [0, 1) from a seed (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Type i has i+1 CPUs, 2(i+1) GiB and 10(i+1) pods at 0.1 per CPU and per GB; spot in two zones, on demand in three. */
export function fakeOfferings(count = 400) {
  return Array.from({ length: count }, (_, index) => typeOf(index + 1)).flatMap((instanceType) => {
    const usdPerHour = 0.1 * instanceType.vcpu + (0.1 * instanceType.memoryMib * mib) / 1e9;
    const offer = (zone, capacityType) => ({ instanceType, region: "test", zone, capacityType, usdPerHour, source });
    const spot = ["test-zone-1", "test-zone-2"].map((zone) => offer(zone, "spot"));
    return [...spot, ...["test-zone-1", "test-zone-2", "test-zone-3"].map((zone) => offer(zone, "on-demand"))];
  });
}

function typeOf(size) {
  return {
    name: `fake-it-${size - 1}`,
    family: "fake",
    category: "f",
    generation: 1,
    size: `${size}x`,
    architecture: "amd64",
    vcpu: size,
    memoryMib: size * 2048,
    nvmeGb: 0,
    networkMbps: 10_000,
    ebsMbps: 5_000,
    allocatable: { cpuMillis: size * 1000, memoryMib: size * 2048, pods: size * 10 },
    source,
  };
}

export const pool = { name: "default", weight: 0, labels: {}, requirements: [], taints: [], limits: {}, used: {} };

/** A fifth each: generic, zone spread, host spread, zone self-affinity, host anti-affinity. */
export function diversePods(count, seed = 42) {
  const random = randomOf(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const fifth = Math.floor(count / 5);
  const makers = [
    () => ({ labels: { "my-label": pick(labelValues) } }),
    () => spreadOver(zoneKey, pick),
    () => spreadOver(hostKey, pick),
    () => {
      const labels = { "my-affininity": pick(labelValues) };
      return { labels, affinity: [{ topologyKey: zoneKey, selector: { matchLabels: labels } }] };
    },
    () => {
      const labels = { app: "nginx" };
      return { labels, antiAffinity: [{ topologyKey: hostKey, selector: { matchLabels: labels } }] };
    },
  ];
  const pods = makers.flatMap((make) => Array.from({ length: fifth }, () => podOf(make(), pick)));
  while (pods.length < count) pods.push(podOf(makers[0](), pick));
  return pods.map((pod, index) => ({ ...pod, name: `default/p${index}`, uid: uidOf(random) }));
}

function spreadOver(topologyKey, pick) {
  const selector = { matchLabels: { "my-label": pick(labelValues) } };
  const spread = [{ topologyKey, maxSkew: 1, whenUnsatisfiable: "DoNotSchedule", selector }];
  return { labels: { "my-label": pick(labelValues) }, spread };
}

/** A preferred zone, a preferred zone anti-affinity that cannot hold, a preferred host anti-affinity that can. */
export function preferencePods(count, seed = 42) {
  const random = randomOf(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const labels = { app: "nginx" };
  const selector = { matchLabels: labels };
  const wishes = {
    labels,
    preferredNodes: [{ weight: 1, requirements: [{ key: zoneKey, operator: "In", values: ["test-zone-1"] }] }],
    antiAffinity: [
      { topologyKey: zoneKey, selector, weight: 10 },
      { topologyKey: hostKey, selector, weight: 1 },
    ],
  };
  return Array.from({ length: count }, (_, index) => ({
    ...podOf(wishes, pick),
    // As there: these pods request nothing, and only their number takes room
    requests: {},
    name: `default/p${index}`,
    uid: uidOf(random),
  }));
}

function podOf(more, pick) {
  const requests = { cpu: pick(cpuMillis), memory: pick(memoryMib) * mib };
  return { createdAtMs: 0, requests, alternatives: [[]], tolerations: [], ...more };
}

function uidOf(random) {
  return Math.floor(random() * 2 ** 48)
    .toString(16)
    .padStart(12, "0");
}
