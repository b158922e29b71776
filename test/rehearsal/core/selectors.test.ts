import { expect, test } from "vitest";

import { parseLabelSelector } from "../../../src/rehearsal/core/selectors.ts";
import { openCore, pod, refusal } from "./objects.ts";

test.each([
  ["a=1", true],
  ["a==1", true],
  ["a!=1", false],
  ["missing!=1", true],
  ["a", true],
  ["!a", false],
  ["!missing", true],
  ["a in (1, 2)", true],
  ["a notin (1,2)", false],
  ["missing notin (1)", true],
  ["a=1,b=x", true],
  ["a=1,b=y", false],
  ["n>4", true],
  ["n<4", false],
  ["a>0,missing>0", false],
  ["empty=", true],
  ["x.io/y=z", true],
  ["", true],
])("label selector %s gives %s", (selector, expected) => {
  expect(parseLabelSelector(selector)({ a: "1", b: "x", n: "5", empty: "", "x.io/y": "z" })).toBe(expected);
});

test.each([
  ["a b c", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ["a in 1", "unable to parse requirement: found '1' expected: '('"],
  ["a in (1", "unable to parse requirement: found '', expected: ',' or ')'"],
  ["a=1,", "found '', expected: identifier after ','"],
  ["a=1 b", "found 'b', expected: ',' or 'end of string'"],
  ["=1", "found '=', expected: !, identifier, or 'end of string'"],
  [
    "n>x",
    "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
  ],
])("label selector %s is refused", (selector, message) => {
  expect(refusal(() => parseLabelSelector(selector))).toEqual({ status: 400, message });
});

test.each([
  ["metadata.name=a", ["a"]],
  ["metadata.name!=a", ["b"]],
  ["spec.nodeName=n1", ["b"]],
  ["spec.nodeName=", ["a"]],
  ["status.phase=Pending,metadata.namespace==default", ["a", "b"]],
])("field selector %s selects %s", (fieldSelector, names) => {
  const { core } = openCore();
  core.create(pod("a"));
  core.create(pod("b", { nodeName: "n1" }));
  const { items } = core.list({ apiVersion: "v1", kind: "Pod", fieldSelector });
  expect(items.map(({ metadata }) => metadata.name)).toEqual(names);
});

test.each([
  ["ConfigMap", "foo=bar", '"foo" is not a known field selector: only "metadata.name", "metadata.namespace"'],
  ["Pod", "foo=bar", "field label not supported: foo"],
  ["Pod", "foo", "invalid selector: 'foo'; can't understand 'foo'"],
])("field selector of %s %s is refused", (kind, fieldSelector, message) => {
  const { core } = openCore();
  expect(refusal(() => core.list({ apiVersion: "v1", kind, fieldSelector }))).toEqual({ status: 400, message });
});
