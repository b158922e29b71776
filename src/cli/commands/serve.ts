import { Failure } from "../../kernel/failure.ts";
import { startServer } from "../../rehearsal/server.ts";
import { readOptions, serverFiles } from "../../rehearsal/server-files.ts";
import { perform } from "../command.ts";
import type { Context } from "../context.ts";

/** The server process behind a rehearsal: runs until it is told to end, or its environment's time is over. */
export async function serve(this: Context, flags: { readonly data: string }): Promise<void> {
  await perform(this, { output: "text" }, async () => {
    const options = await readOptions(flags.data);
    if (options === undefined) {
      throw new Failure("USAGE", `no server options in ${flags.data}`, {
        where: serverFiles(flags.data).options,
        why: "aura up and aura rehearsal start write them before they start this process",
        fix: "aura rehearsal start",
      });
    }
    const { clock, pid, process } = this;
    const log = (message: string) => void process.stderr.write(`${message}\n`);
    await new Promise<void>((resolve, reject) => {
      const release = this.onSignal(() => end());
      const started = startServer(flags.data, options, {
        clock,
        pid,
        log,
        hostEnv: process.env,
        onExpired(why) {
          log(why);
          end();
        },
      });
      const end = () => {
        release();
        started.then((server) => server.stop()).then(resolve, reject);
      };
      started.catch((error: unknown) => {
        release();
        reject(error);
      });
    });
    return { data: {}, text: "" };
  });
}
