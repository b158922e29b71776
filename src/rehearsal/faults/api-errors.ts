import { ApiError } from "../../cluster/api.ts";

/** A request to the API, in the words of RBAC. */
export interface ApiRequest {
  readonly verb: string;
  readonly group: string;
  /** Plural, with a subresource where there is one: `pods`, `pods/log`. */
  readonly resource: string;
  /** `Pod` */
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  /** User agent and field manager. */
  readonly client: readonly string[];
}

/** Reason and message by status, as apimachinery's `NewGenericServerResponse` and its kin word them. */
const statuses: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  400: ["BadRequest", "the server rejected our request for an unknown reason"],
  401: ["Unauthorized", "the server has asked for the client to provide credentials"],
  403: ["Forbidden", "the server does not allow access to the requested resource"],
  404: ["NotFound", "the server could not find the requested resource"],
  409: ["Conflict", "the server reported a conflict"],
  410: ["Expired", "the provided resource version is too old"],
  429: ["TooManyRequests", "the server has received too many requests and has asked us to try again later"],
  500: ["InternalError", "Internal error occurred: an injected fault"],
  503: ["ServiceUnavailable", "the server is currently unable to handle the request"],
  504: ["Timeout", "the server was unable to return a response in the time allotted"],
};

/** The API server's error of a status, as it is when the server itself is in trouble. */
export function serverError(code: number): ApiError {
  const [reason, message] = statuses[code] ?? ["Unknown", `the server responded with the status code ${code}`];
  return new ApiError(code, reason, message, {});
}

/** What RBAC says of a user who may not. */
export function deniedError({ verb, group, resource, namespace, name }: ApiRequest, user: string): ApiError {
  const scope = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const [plural = ""] = resource.split("/");
  const title = `${plural}${group === "" ? "" : `.${group}`}${name === undefined ? "" : ` "${name}"`}`;
  const message = `User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${scope}`;
  const details = { ...(name !== undefined && { name }), ...(group !== "" && { group }), kind: plural };
  return new ApiError(403, "Forbidden", `${title} is forbidden: ${message}`, details);
}

/** `create pods default/train-1`: a request in a log. */
export function requestText({ verb, group, resource, namespace, name }: ApiRequest): string {
  const what = `${resource}${group === "" ? "" : `.${group}`}`;
  const where = [namespace, name].filter((part) => part !== undefined).join("/");
  return `${verb} ${what} ${where}`.trimEnd();
}
