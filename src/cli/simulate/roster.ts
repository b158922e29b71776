import { Failure } from "../../kernel/failure.ts";
import { didYouMean } from "../../kernel/text.ts";
import { makePolicy, policyNames } from "../../policy/policies.ts";
import {
  alwaysOnMean,
  alwaysOnPeak,
  bestTimerInHindsight,
  clairvoyant,
} from "../../simulate/hindsight/hindsight-policies.ts";
import type { MakePolicy } from "../../simulate/options.ts";

/** A policy that can be simulated. */
export interface Contestant {
  readonly name: string;
  readonly kind: "policy" | "baseline" | "hindsight";
  readonly make: MakePolicy;
}

/** They know the whole trace beforehand, as nobody can. */
const hindsight: Readonly<Record<string, MakePolicy>> = {
  "best-timer": bestTimerInHindsight,
  clairvoyant,
  "always-on": alwaysOnPeak,
  "always-on-mean": alwaysOnMean,
};

/** Those that keep a node for the same time always. */
export const fixedTimers: ReadonlySet<string> = new Set([
  "scale-to-zero",
  "karpenter-30s",
  "five-minutes",
  "cluster-autoscaler-10m",
  "one-hour",
  "best-timer",
]);

export function contestantNames(): readonly string[] {
  return [...policyNames(), ...Object.keys(hindsight)];
}

/** Those that were asked for, in that order and once each; all where none was. */
export function contestants(asked: readonly string[], seed: number): readonly Contestant[] {
  const names = contestantNames();
  const wanted = asked.map((name) => name.trim()).filter(Boolean);
  for (const name of wanted) if (!names.includes(name)) throw unknown(name, names);
  return (wanted.length === 0 ? names : [...new Set(wanted)]).map((name) => contestant(name, seed));
}

function contestant(name: string, seed: number): Contestant {
  const known = hindsight[name];
  if (known !== undefined) return { name, kind: "hindsight", make: (world) => ({ ...known(world), name }) };
  const kind = name.startsWith("aura") ? "policy" : "baseline";
  return { name, kind, make: () => makePolicy(name, { seed }) };
}

function unknown(name: string, names: readonly string[]): Failure {
  const meant = didYouMean(name, names);
  return new Failure("USAGE", `there is no policy ${JSON.stringify(name)}`, {
    fix: meant === undefined ? `one of ${names.join(", ")}` : `did you mean ${meant}?`,
  });
}
