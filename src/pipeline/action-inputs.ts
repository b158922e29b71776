/** The actions that have a counterpart in a rehearsal, and the inputs that they may be given. */
export const actionInputs = {
  "actions/checkout": ["persist-credentials", "fetch-depth"],
  "actions/setup-node": ["node-version", "node-version-file", "cache", "package-manager-cache"],
  "opentofu/setup-opentofu": ["tofu_version", "tofu_wrapper"],
  "hashicorp/setup-terraform": ["terraform_version", "terraform_wrapper"],
  "azure/setup-helm": ["version"],
  "aws-actions/configure-aws-credentials": [
    "role-to-assume",
    "aws-region",
    "allowed-account-ids",
    "role-duration-seconds",
    "role-session-name",
    "mask-aws-account-id",
  ],
  "actions/upload-artifact": [
    "name",
    "path",
    "if-no-files-found",
    "retention-days",
    "overwrite",
    "include-hidden-files",
    "compression-level",
  ],
  "actions/download-artifact": ["name", "path"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ActionName = keyof typeof actionInputs;

export const actionNames = Object.keys(actionInputs) as ActionName[];
