import type { AnyObject } from "../../cluster/objects.ts";
import type { CoreContext } from "../core/context.ts";
import type { Kind } from "../core/kinds.ts";
import type { Problem } from "../core/status-errors.ts";
import { crdRules } from "../schema/crd-rules.ts";
import { customRules } from "../schema/custom-rules.ts";
import { deploymentRules, replicaSetRules } from "./apps-rules.ts";
import { jobRules } from "./job-rules.ts";
import { podRules } from "./pod-rules.ts";
import { clusterRoleBindingRules, roleBindingRules, roleRules } from "./rbac-rules.ts";
import {
  budgetRules,
  configMapRules,
  eventRules,
  leaseRules,
  namespaceRules,
  nodeRules,
  priorityClassRules,
  secretRules,
} from "./small-rules.ts";

/** What a kind adds to the rules of every object. */
export interface KindRules {
  /** Fills in defaults, in place; `old` is there for an update. */
  readonly prepare?: (object: AnyObject, context: CoreContext, old?: AnyObject) => void;
  /** What a client is told although its write is taken. */
  readonly warnings?: (object: AnyObject) => readonly string[];
  /** All that is wrong with an object; what was wrong in `old` already may be let pass. */
  readonly check?: (object: AnyObject, old?: AnyObject) => readonly Problem[];
  /** What is wrong with its change, beside that. */
  readonly change?: (object: AnyObject, old: AnyObject) => readonly Problem[];
}

const rules: Record<string, KindRules> = {
  Namespace: namespaceRules,
  Node: nodeRules,
  Pod: podRules,
  ConfigMap: configMapRules,
  Secret: secretRules,
  Job: jobRules,
  PriorityClass: priorityClassRules,
  PodDisruptionBudget: budgetRules,
  Lease: leaseRules,
  Event: eventRules,
  Deployment: deploymentRules,
  ReplicaSet: replicaSetRules,
  Role: roleRules,
  ClusterRole: roleRules,
  RoleBinding: roleBindingRules,
  ClusterRoleBinding: clusterRoleBindingRules,
  CustomResourceDefinition: crdRules,
};

/** All that is wrong with an object and with its change from `old`. */
export function checkObject({ check, change }: KindRules, object: AnyObject, old?: AnyObject): readonly Problem[] {
  return [...(check?.(object, old) ?? []), ...((old && change?.(object, old)) ?? [])];
}

export function rulesOf(kind: Kind): KindRules {
  return kind.custom ? customRules(kind) : (rules[kind.kind] ?? {});
}
