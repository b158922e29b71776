import { imagePullMs } from "../../catalog/image-pull.ts";
import type { InstanceType } from "../../catalog/instance-type.ts";
import { launchLatency } from "../../catalog/latency.ts";
import { type Random, seededRandom } from "../../kernel/random.ts";

/** Where nobody says which image: a training framework's, by the catalog's sizes. */
const frameworkMib = 8192;
const samples = 256;
const means = new Map<string, number>();

/** One launch: from a node being asked for to a pod being able to start, in seconds. */
export function sampledLaunchSeconds(type: InstanceType, random: Random, imageMib = frameworkMib): number {
  const { launchMs, registerMs, initializeMs } = launchLatency(type, random);
  return (launchMs + registerMs + initializeMs + imagePullMs({ imageMib, type, cached: false })) / 1000;
}

/** What it takes on average: over the same 256 launches each time. */
export function meanLaunchSeconds(type: InstanceType, imageMib = frameworkMib): number {
  const key = `${type.name} ${imageMib}`;
  const known = means.get(key);
  if (known !== undefined) return known;
  const random = seededRandom(256);
  let sum = 0;
  for (let sample = 0; sample < samples; sample += 1) sum += sampledLaunchSeconds(type, random, imageMib);
  const mean = Math.round((1000 * sum) / samples) / 1000;
  means.set(key, mean);
  return mean;
}
