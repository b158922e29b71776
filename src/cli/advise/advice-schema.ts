import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";

import { type Advice, adviceCauses } from "./advice.ts";

const text = v.string();
const amount = v.pipe(v.number(), v.minValue(0));
const usd = v.pipe(v.nullable(amount), v.description("US dollars; null where nobody knows the price."));
const usdPerMonth = v.pipe(
  v.nullable(amount),
  v.description(
    "US dollars in 730 hours if it goes on; what was seen of less than a day is taken to happen once a day.",
  ),
);
const gpuHours = v.pipe(amount, v.description("Of the time that was looked at."));

const item = v.strictObject({
  cause: v.picklist(adviceCauses),
  subject: v.pipe(text, v.description("A pod as namespace/name, a pool, a node, or a user's jobs.")),
  user: v.nullable(text),
  gpuHours,
  usd,
  usdPerMonth,
  confidence: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  evidence: v.pipe(text, v.description("What was seen, with its figures.")),
  change: v.pipe(text, v.description("What to do about it.")),
  paste: v.pipe(
    v.nullable(text),
    v.description("A command or lines of a file that do it; null where only people can tell."),
  ),
});

/** What `aura advise -o json` prints. Fields are only ever added within a version. */
export const adviceSchema = v.pipe(
  v.strictObject({
    version: v.literal(1),
    source: v.strictObject({
      kind: v.picklist(["timeline", "trace", "prometheus"]),
      name: text,
      from: v.pipe(v.nullable(text), v.description("RFC 3339; null where nothing was recorded.")),
      hours: amount,
    }),
    looked: v.pipe(v.array(text), v.description("What was looked at.")),
    held: v.pipe(
      v.strictObject({ gpuHours, usd }),
      v.description("All GPU time that was paid for, as far as it was seen."),
    ),
    wasted: v.strictObject({ gpuHours, usd, usdPerMonth }),
    items: v.pipe(v.array(item), v.description("The dearest first. No two count the same time or money.")),
    notes: v.pipe(v.array(text), v.description("What was not known, or is an estimate.")),
  }),
  v.title("What aura advise finds"),
);

export function adviceJsonSchema(): object {
  return toJsonSchema(adviceSchema satisfies v.GenericSchema<Advice>, { target: "draft-2020-12" });
}
