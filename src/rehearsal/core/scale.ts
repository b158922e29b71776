import type { AnyObject } from "../../cluster/objects.ts";
import { at, copyJson, isObject, objectIn, objectOr } from "./json.ts";
import type { Kind, ScalePaths } from "./kinds.ts";
import { selectorText } from "./selector-text.ts";
import { invalid, noSuchResource, problem } from "./status-errors.ts";

const scaleKind = { group: "autoscaling", kind: "Scale" };

/** An object as its scale subresource shows it (autoscaling/v1). Fails with 404 when its kind has none. */
export function scaleOf(kind: Kind, object: AnyObject): AnyObject {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = pathsOf(kind);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = labelSelectorPath === undefined ? undefined : at(object, labelSelectorPath.slice(1));
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as AnyObject["metadata"],
    spec: { replicas: at(object, specReplicasPath.slice(1)) ?? 0 },
    status: {
      replicas: at(object, statusReplicasPath.slice(1)) ?? 0,
      ...(selector !== undefined && { selector: isObject(selector) ? selectorText(selector) : selector }),
    },
  };
}

/** What an applied Scale says of the object it scales, and nothing else of it. */
export function appliedScale(kind: Kind, { apiVersion, kind: name, metadata, ...scale }: AnyObject): AnyObject {
  const blank: AnyObject = { apiVersion, kind: name, metadata: {} };
  const { metadata: _, ...fields } = scaled(kind, blank, { apiVersion, kind: name, metadata: {}, ...scale });
  return { ...fields, metadata } as AnyObject;
}

/** A copy of the object with the replicas of a Scale, and with its preconditions. */
export function scaled(kind: Kind, object: AnyObject, scale: AnyObject): AnyObject {
  const replicas = objectOr(scale["spec"])["replicas"] ?? 0;
  if (typeof replicas !== "number" || !Number.isInteger(replicas) || replicas < 0) {
    const why = "must be greater than or equal to 0";
    throw invalid(scaleKind, object.metadata.name ?? "", [problem.invalid("spec.replicas", replicas, why)]);
  }
  const next = copyJson(object);
  const steps = pathsOf(kind).specReplicasPath.slice(1).split(".");
  const parent = steps.slice(0, -1).reduce(objectIn, next);
  parent[steps.at(-1) ?? ""] = replicas;
  next.metadata = { ...next.metadata, ...objectOr(scale.metadata) };
  return next;
}

function pathsOf({ scale }: Kind): ScalePaths {
  if (scale === undefined) throw noSuchResource();
  return scale;
}
