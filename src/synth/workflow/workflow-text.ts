import { Document, isMap, isScalar, type Node, type Pair, Scalar, type YAMLMap } from "yaml";

import type { Action, Job, Step, Workflow } from "./workflow.ts";

/** A workflow as its file says it: `header` first, notes as comments, room between jobs and steps. */
export function workflowText(header: string, { jobs, ...workflow }: Workflow): string {
  const document = new Document(workflow);
  const root = document.contents as unknown as YAMLMap;
  for (const key of ["on", "permissions", "concurrency", "env"]) spaceBefore(root, key);
  const block = document.createNode({}) as YAMLMap;
  for (const [id, job] of Object.entries(jobs)) block.add(document.createPair(id, jobNode(document, job)));
  for (const [index, pair] of block.items.entries()) {
    const [id] = Object.keys(jobs).slice(index, index + 1);
    annotate(pair.key as Node, jobs[id ?? ""]?.note, index > 0);
  }
  root.add(document.createPair("jobs", block));
  spaceBefore(root, "jobs");
  return header + document.toString({ lineWidth: 0 });
}

function jobNode(document: Document, { note: _, steps, ...job }: Job): YAMLMap {
  const node = document.createNode(job) as YAMLMap;
  const nodes = steps.map((step, index) => {
    const made = stepNode(document, step);
    annotate(made, step.note, index > 0);
    return made;
  });
  node.add(document.createPair("steps", nodes));
  return node;
}

function stepNode(document: Document, { note: _, uses, ...step }: Step): YAMLMap {
  const node = document.createNode(step) as YAMLMap;
  // what it is comes before what it is given
  if (uses !== undefined) node.items.splice(placeOf(node, "with"), 0, document.createPair("uses", pinned(uses)));
  for (const { value } of node.items) if (isScalar(value)) asBlock(value);
  return node;
}

function placeOf(map: YAMLMap, key: string): number {
  const place = map.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === key);
  return place === -1 ? map.items.length : place;
}

function pinned({ name, sha, version }: Action): Scalar {
  const scalar = new Scalar(`${name}@${sha}`);
  scalar.comment = ` ${version}`;
  return scalar;
}

/** A script of several lines is read as one. */
function asBlock(scalar: Scalar): void {
  if (typeof scalar.value === "string" && scalar.value.includes("\n")) scalar.type = Scalar.BLOCK_LITERAL;
}

function annotate(node: Node, note: readonly string[] | undefined, space: boolean): void {
  if (space) node.spaceBefore = true;
  if (note !== undefined) node.commentBefore = note.map((line) => ` ${line}`).join("\n");
}

function spaceBefore(map: YAMLMap, key: string): void {
  const pair: Pair<unknown, unknown> | undefined = map.items[placeOf(map, key)];
  if (pair !== undefined && isScalar(pair.key)) pair.key.spaceBefore = true;
  if (pair !== undefined && isMap(pair.value)) pair.value.spaceBefore = false;
}
