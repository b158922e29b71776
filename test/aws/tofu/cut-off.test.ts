import { expect, test } from "vitest";

import { isLeftBy } from "../../../src/aws/tofu/cut-off.ts";

const said = (type: string, at: string) => `{"@message":"x","@timestamp":"2026-11-25T${at}Z","type":"${type}"}`;
const log = [
  said("version", "04:40:50.629000"),
  "not JSON",
  said("planned_change", "04:40:53.100000"),
  said("apply_start", "04:40:54.000000"),
].join("\n");
const lock = (created: string) => ({ id: "1", who: "root@vm", operation: "OperationTypeApply", created });

test.each([
  ["taken before it set to work", log, "2026-11-25 04:40:52.9 +0000 UTC", true],
  ["taken in the second in which it began", log, "2026-11-25 04:40:50.9 +0000 UTC", true],
  ["taken before it began", log, "2026-11-25 04:40:49.9 +0000 UTC", false],
  ["taken while it was at work", log, "2026-11-25 04:40:54.1 +0000 UTC", false],
  ["of no known time", log, "yesterday", false],
  ["of one that never set to work", said("version", "04:40:50.6"), "2026-11-25 04:40:51 +0000 UTC", false],
  ["of one that said nothing", "", "2026-11-25 04:40:51 +0000 UTC", false],
])("a lock %s", (_, text, created, left) => {
  expect(isLeftBy(text, lock(created))).toBe(left);
});
