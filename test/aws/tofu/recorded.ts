import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What OpenTofu 1.12.6 and Terraform 1.11.4 said, word for word but for the source's snippets: of four `terraform_data`
 * the last one fails in its provisioner; and a plan while another process held the lock.
 */
export function recorded(name: string): string {
  return readFileSync(join(import.meta.dirname, "recorded", name), "utf8");
}

export const bothEngines = ["tofu", "terraform"] as const;
