import { noEnvironment } from "../../lifecycle/session.ts";
import { perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { FileFlags, TargetFlags } from "../flags.ts";
import { loadDeployed } from "../load.ts";
import { targetOf } from "../targets/target-of.ts";

/**
 * `aura kubeconfig`: has the cluster let this machine in, and prints the path of what kubectl reaches it with. Takes no
 * lock: it works while others do.
 */
export async function kubeconfig(this: Context, flags: FileFlags & TargetFlags): Promise<void> {
  await perform(this, flags, async () => {
    const environment = await loadDeployed(this, flags.file, flags);
    if (environment === undefined) throw noEnvironment("here");
    const target = await targetOf(this, environment);
    await target.connect();
    const { kubeconfig: path } = target;
    return { data: { ok: true, kubeconfig: path }, stdout: path, text: "" };
  });
}
