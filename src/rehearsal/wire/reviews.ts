import { type Answer, jsonAnswer } from "./answer.ts";
import { objectBody } from "./body.ts";
import type { Call } from "./call.ts";

/** A question that is asked by creating an object, which is answered and not kept. */
interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly status: object;
}

const everything = {
  resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }],
  nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
  incomplete: false,
};

/** Whoever has the token may do anything: RBAC is not enforced here. */
const userInfo = { username: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] };

export const reviews: readonly Review[] = [
  review("authorization.k8s.io/v1", "SelfSubjectAccessReview", { allowed: true, reason: "RBAC is not enforced" }),
  review("authorization.k8s.io/v1", "SelfSubjectRulesReview", everything),
  review("authentication.k8s.io/v1", "SelfSubjectReview", { userInfo }),
];

function review(apiVersion: string, kind: string, status: object): Review {
  return { apiVersion, kind, plural: `${kind.toLowerCase()}s`, status };
}

/** The answer to a `POST` to one of them; undefined for any other request. */
export function answerReview({ request, url, body }: Call): Answer | undefined {
  const asked = reviews.find(({ apiVersion, plural }) => url.pathname === `/apis/${apiVersion}/${plural}`);
  if (asked === undefined || request.method !== "POST") return undefined;
  const { spec } = objectBody(body);
  const { apiVersion, kind, status } = asked;
  return jsonAnswer({ kind, apiVersion, metadata: {}, spec: spec ?? {}, status }, 201);
}
