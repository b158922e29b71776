import { readFile } from "node:fs/promises";

/** The taint of the system nodes as the committed Terraform module has it. */
export async function systemTaint(): Promise<{ readonly key: string; readonly effect: string }> {
  const module = JSON.parse(await readFile("terraform/modules/EKS/main.tf.json", "utf8"));
  return module.resource.aws_eks_node_group.system.taint[0];
}
