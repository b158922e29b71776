import { durationOf } from "../kernel/quantity.ts";
import { didYouMean } from "../kernel/text.ts";
import { clusterThatWorks, networkThatWorks, tagsThatWork } from "./aws-consistency.ts";
import { defaultFamilies } from "./defaults.ts";
import { type Finding, isTouched, repeated } from "./issues.ts";
import type { Known, KnownFamily } from "./known.ts";
import { type FieldPath, gotText } from "./problems.ts";
import type { EnvironmentFile, PoolFile } from "./schema.ts";
import { shortageOf } from "./shortages.ts";

/**
 * What is wrong between fields that are each right. A rule is left out where one of its fields was already found
 * wrong, so `file` may be broken elsewhere.
 */
export function inconsistencies(file: EnvironmentFile | undefined, known: Known, found: readonly Finding[]): Finding[] {
  if (file === undefined) return [];
  const rules: { readonly needs: readonly FieldPath[]; readonly check: () => Finding[] }[] = [
    { needs: [["ttl"], ["timeout"]], check: () => timeoutWithinTtl(file) },
    { needs: [["region"], ["zones"]], check: () => zonesOfRegion(file) },
    { needs: [["network"], ["zones"]], check: () => networkThatWorks(file) },
    { needs: [["tags"]], check: () => tagsThatWork(file) },
    { needs: [["name"], ["github"]], check: () => nameOfItsOwn(file) },
    { needs: [["cluster"], ["network"]], check: () => clusterThatWorks(file, known) },
    { needs: [["gpu"], ["pools"]], check: () => poolsThatAreLeft(file, known) },
    { needs: [["jobs"]], check: () => repeated(["jobs"], file.jobs) },
    { needs: [["region"], ["zones"], ["rehearsal", "shortages"]], check: () => shortagesThatCanOccur(file, known) },
    ...Object.entries(file.pools ?? {}).map(([name, pool]) => ({
      needs: [["pools", name]],
      check: () => poolThatMakesSense(["pools", name], name, pool, known),
    })),
  ];
  return rules.filter((rule) => !isTouched(rule.needs, found)).flatMap((rule) => rule.check());
}

function timeoutWithinTtl({ ttl, timeout }: EnvironmentFile): Finding[] {
  if ((durationOf(timeout) ?? 0) <= (durationOf(ttl) ?? 0)) return [];
  return [{ path: ["timeout"], expected: `at most the ttl of ${ttl}`, got: gotText(timeout) }];
}

/** `dev-reaper` would have the role and the GitHub environment of the reaper of `dev`. */
function nameOfItsOwn({ name, github }: EnvironmentFile): Finding[] {
  if (github === undefined || !name.endsWith("-reaper")) return [];
  return [
    { path: ["name"], expected: "a name that does not end in -reaper, as the reaper's roles do", got: gotText(name) },
  ];
}

function poolsThatAreLeft({ gpu, pools }: EnvironmentFile, known: Known): Finding[] {
  const gpuFamilies = known.families.filter((family) => family.gpu).map(({ name }) => name);
  const isOfGpus = ([name, pool]: [string, PoolFile]) =>
    (familiesOf(name, pool) ?? []).some((family) => gpuFamilies.includes(family));
  if (gpu || !Object.entries(pools).every(isOfGpus)) return [];
  return [{ path: ["gpu"], expected: "true, where every pool has GPUs", got: "false" }];
}

function zonesOfRegion({ region, zones }: EnvironmentFile): Finding[] {
  const strangers = (zones ?? []).flatMap((zone, index) =>
    zone.slice(0, -1) === region
      ? []
      : [{ path: ["zones", index], expected: `a zone of ${region}`, got: gotText(zone) }],
  );
  return [...strangers, ...repeated(["zones"], zones ?? [])];
}

function shortagesThatCanOccur(file: EnvironmentFile, known: Known): Finding[] {
  const zones = file.zones ?? known.zonesOf(file.region);
  return file.rehearsal.shortages.flatMap((text, index) => {
    const path = ["rehearsal", "shortages", index];
    const { instanceType, zone } = shortageOf(text);
    const strangeZone = { path, expected: `one of the zones ${zones.join(", ")}`, got: gotText(zone) };
    return [...unknownType(path, instanceType, known), ...(zone === "*" || zones.includes(zone) ? [] : [strangeZone])];
  });
}

function unknownType(path: FieldPath, instanceType: string, known: Known): Finding[] {
  const families = known.families.map((family) => family.name);
  const [family = "", size = ""] = instanceType.split(".");
  if (family === "*" || families.includes(family)) return [];
  const meant = didYouMean(family, families);
  const suggestion = meant === undefined ? {} : { suggestion: `${meant}.${size}` };
  return [{ path, expected: "an instance type of a known family", got: gotText(instanceType), ...suggestion }];
}

function poolThatMakesSense(path: FieldPath, name: string, pool: PoolFile, known: Known): Finding[] {
  const names = familiesOf(name, pool);
  if (names === undefined) {
    return [{ path: [...path, "families"], expected: "a list of instance families", got: "nothing" }];
  }
  const families = names.flatMap((family) => known.families.find((candidate) => candidate.name === family) ?? []);
  return [
    ...repeated([...path, "families"], names),
    ...repeated([...path, "capacityTypes"], pool.capacityTypes),
    ...unmixed(path, families),
    ...familiesOfArchitecture(path, pool, families),
    ...limitsThatApply(path, pool, families),
  ];
}

/** The families of a pool: its own, else those its name stands for. */
export function familiesOf(name: string, pool: PoolFile): readonly string[] | undefined {
  return pool.families ?? (Object.hasOwn(defaultFamilies, name) ? defaultFamilies[name] : undefined);
}

/** A taint keeps pods without GPUs off GPU nodes, and a pool has one set of taints. */
function unmixed(path: FieldPath, families: readonly KnownFamily[]): Finding[] {
  const [first] = families;
  const index = families.findIndex((family) => family.gpu !== first?.gpu);
  const stranger = families[index];
  if (first === undefined || stranger === undefined) return [];
  const expected = first.gpu ? `a family with GPUs like ${first.name}` : `a family without GPUs like ${first.name}`;
  return [
    {
      path: [...path, "families", index],
      expected: `${expected} (GPUs need a pool of their own)`,
      got: gotText(stranger.name),
    },
  ];
}

function familiesOfArchitecture(path: FieldPath, pool: PoolFile, families: readonly KnownFamily[]): Finding[] {
  const { architectures } = pool;
  if (architectures === undefined) return [];
  return families.flatMap((family, index) =>
    architectures.includes(family.architecture)
      ? []
      : [
          {
            path: [...path, "families", index],
            expected: `a family of ${architectures.join(" or ")}`,
            got: `${gotText(family.name)}, which is ${family.architecture}`,
          },
        ],
  );
}

function limitsThatApply(path: FieldPath, pool: PoolFile, families: readonly KnownFamily[]): Finding[] {
  const gpus = pool.limits?.gpus;
  if (gpus === undefined || families.some((family) => family.gpu)) return [];
  return [
    { path: [...path, "limits", "gpus"], expected: "no limit on GPUs in a pool without GPUs", got: gotText(gpus) },
  ];
}
