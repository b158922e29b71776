import {
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
} from "@aws-sdk/client-s3";

import { callOf, type Setting, type StateBucket, settingOf } from "./bucket-setting.ts";
import { outputsFolder } from "./state-object.ts";

/** Days that a state is kept after a newer one was written, outputs lie around, a broken upload is held. */
const keptDays = { states: 30, outputs: 14, uploads: 7 } as const;

/** What is no longer wanted goes by itself. Rules of others stay. */
export const lifecycle: Setting = async (bucket) => {
  const found = await settingOf(bucket.s3.send(new GetBucketLifecycleConfigurationCommand(callOf(bucket))));
  const rules = found?.Rules ?? [];
  const wanted = wantedRules(bucket);
  const missing = wanted.filter((rule) => !rules.some((one) => isSame(one, rule)));
  if (missing.length === 0) return undefined;
  const ids = wanted.map(({ ID }) => ID);
  const Rules = [...rules.filter(({ ID }) => !ids.includes(ID)), ...wanted];
  const put = { ...callOf(bucket), LifecycleConfiguration: { Rules } };
  return {
    setting: "lifecycle",
    says: `no lifecycle rule of Aura's: ${missing.map(({ ID }) => ID).join(", ")}`,
    mend: () => bucket.s3.send(new PutBucketLifecycleConfigurationCommand(put)),
  };
};

/** `outputs/` of a bucket that is not Aura's own may hold other outputs: nothing there is removed by age. */
function wantedRules({ isOwn }: StateBucket): LifecycleRule[] {
  const states: LifecycleRule = {
    ID: "aura-old-states",
    Status: "Enabled",
    Filter: { Prefix: "aura/" },
    NoncurrentVersionExpiration: { NoncurrentDays: keptDays.states },
    Expiration: { ExpiredObjectDeleteMarker: true },
  };
  const outputs: LifecycleRule = {
    ID: "aura-outputs",
    Status: "Enabled",
    Filter: { Prefix: outputsFolder },
    Expiration: { Days: keptDays.outputs },
    NoncurrentVersionExpiration: { NoncurrentDays: 1 },
  };
  const uploads: LifecycleRule = {
    ID: "aura-broken-uploads",
    Status: "Enabled",
    Filter: { Prefix: isOwn ? "" : "aura/" },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: keptDays.uploads },
  };
  return [states, ...(isOwn ? [outputs] : []), uploads];
}

function isSame(found: LifecycleRule, wanted: LifecycleRule): boolean {
  return found.ID === wanted.ID && found.Status === "Enabled" && facts(found) === facts(wanted);
}

/** What a rule does, whatever the order and the form in which S3 tells it. */
function facts(rule: LifecycleRule): string {
  return JSON.stringify([
    rule.Filter?.Prefix ?? rule.Prefix ?? "",
    rule.Expiration?.Days ?? null,
    rule.Expiration?.ExpiredObjectDeleteMarker ?? false,
    rule.NoncurrentVersionExpiration?.NoncurrentDays ?? null,
    rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation ?? null,
  ]);
}
