import { ApiError } from "../../cluster/api.ts";

/** In which shape a client wants to see objects. */
export interface View {
  readonly as: "Object" | "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList";
  /** Of the shape: `meta.k8s.io/v1`. */
  readonly apiVersion: string;
}

const plain: View = { as: "Object", apiVersion: "" };
const known = new Map<string, View>();
const mostKnown = 256;

/** The first shape in an Accept header that can be given, all of them in JSON; fails with 406 when there is none. */
export function viewOf(accept: string | undefined): View {
  if (!accept) return plain;
  const found = known.get(accept) ?? negotiate(accept);
  if (known.size < mostKnown) known.set(accept, found);
  return found;
}

function negotiate(accept: string): View {
  for (const clause of accept.split(",")) {
    const view = shapeOf(clause);
    if (view !== undefined) return view;
  }
  throw notAcceptable("only the following media types are accepted: application/json");
}

function shapeOf(clause: string): View | undefined {
  const [type = "", ...parts] = clause.split(";").map((part) => part.trim());
  if (!["application/json", "application/*", "*/*"].includes(type.toLowerCase())) return undefined;
  const parameters = new Map(parts.map((part) => part.split("=", 2) as [string, string]));
  const [as, version = ""] = [parameters.get("as"), parameters.get("v")];
  if (as === undefined) return plain;
  const isShape = /^(Table|PartialObjectMetadata(List)?)$/.test(as) && parameters.get("g") === "meta.k8s.io";
  return isShape && ["v1", "v1beta1"].includes(version)
    ? { as: as as View["as"], apiVersion: `meta.k8s.io/${version}` }
    : undefined;
}

export function notAcceptable(message: string): ApiError {
  return new ApiError(406, "NotAcceptable", message);
}
