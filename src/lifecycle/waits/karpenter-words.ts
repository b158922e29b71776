const prefix = "Failed to schedule pod, ";

/** Whether it is Karpenter that cannot place a pod, and not the scheduler: by whichever name it runs (EKS Auto Mode has its own). */
export function isKarpenters(message: string): boolean {
  return message.startsWith(prefix);
}

/** Why no pool takes a pod, as Karpenter says it (1.14, and before that by pool). */
export function karpenterWords(message: string): string {
  const said = message.slice(prefix.length);
  // a rehearsal's own words are plain already
  if (said.startsWith("no pool fits: ")) return said;
  const reasons = said.split(/; (?=\D)/).map(poolReason);
  return [...new Set(reasons)].join("; ");
}

type Row = readonly [says: RegExp, means: (found: RegExpExecArray, said: string) => string];

const full = "of the instance types that fit, none has capacity now in the zones and capacity types that are wanted";

// the first that matches counts; every text of pkg/controllers/provisioning/scheduling and pkg/scheduling
const rows: readonly Row[] = [
  [/did not tolerate (?:taint \(taint=)?([^\s,)]+)/, ([, taint]) => `it does not tolerate the taint ${taint}`],
  [
    /label "([^"]+)" does not have known values(?: \(typo of "([^"]+)"\?\))?/,
    ([, label, other]) =>
      `it asks for the label ${label}, which no node would have${other === undefined ? "" : ` (is ${other} meant?)`}`,
  ],
  [
    /key (\S+), \S+ In \[([^\]]*)\] not in \S+ In \[([^\]]*)\]/,
    ([, key, wanted = "", offered = ""]) => `it asks for ${key} ${oneOf(wanted)}, and the pool has ${oneOf(offered)}`,
  ],
  [/minValues/, () => "the pool wants more kinds of instance types (minValues) than there are for it"],
  [
    /exceed limits for nodepool|node limits have been exhausted/,
    () => "the pool's limit is reached: any further node would exceed it",
  ],
  [/enough resources or|requirements or had/, (_, said) => `no instance type of the pool does${asked(said)}`],
  [
    /no instance type (?:has|had) enough resources|had the required resources/,
    (_, said) => `no instance type of the pool is large enough${asked(said)}`,
  ],
  [
    /required offering met the scheduling requirements|met all requirements/,
    () => "no instance type of the pool is of the kind it asks for",
  ],
  [/required offering|offering tuple/, () => full],
  [/reserved offering/, () => "the capacity reservation that it could run on is used up"],
  [
    /filtered out all available instance types/,
    () => "no instance type satisfies what the pools ask for and has capacity now",
  ],
  [
    /unsatisfiable topology constraint for ([a-z -]+?), key=([^\s(]+)/,
    ([, what, key]) => `no place is left that its ${what} over ${key} allows`,
  ],
  [/Dynamic Resource Allocation/, () => "it claims devices (DRA), for which Karpenter makes no nodes"],
  [/hostport conflicts/, () => "its host port is taken"],
  [/would exceed volume limit/, () => "a node takes no more volumes"],
  [
    /persistentvolumeclaim|pvc|persistentvolume|StorageClass/i,
    (_, said) => `its volume is not to be had: ${said.replace(/^.*?incompatible volume requirements, /, "")}`,
  ],
];

function poolReason(said: string): string {
  const pool = (/^incompatible with nodepool "([^"]+)"/.exec(said) ?? /\(NodePool="?([^",)]+)/.exec(said))?.[1];
  const row = rows.find(([says]) => says.test(said));
  const found = row?.[0].exec(said);
  const words = row !== undefined && found ? row[1](found, said) : said;
  return pool === undefined ? words : `pool ${pool}: ${words}`;
}

/** `[a b]` as `a or b`. */
function oneOf(values: string): string {
  return values.split(" ").join(" or ");
}

/** What a pod and the daemons beside it ask for: `resources={"cpu":"4","nvidia.com/gpu":"16"}`. */
function asked(said: string): string {
  const resources = /resources=(?:min=)?\{([^}]*)\}/.exec(said)?.[1];
  if (resources === undefined) return "";
  const amounts = [...resources.matchAll(/"([^"]+)":"([^"]+)"/g)].filter(([, name]) => name !== "pods");
  return `; with the daemons of a node it takes ${amounts.map(([, name, amount]) => `${name} ${amount}`).join(", ")}`;
}
