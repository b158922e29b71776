import { world } from "./harness.ts";

// A server to be killed: pods that ignore SIGTERM, fork, and leave their group, one after another without end.
const { pod, end } = world({ dataDir: process.argv[2] ?? "" });
const script = 'trap "" TERM; sleep 300 & setsid sh -c "sleep 300; :" & (sh -c "sleep 300; :" &) ; sleep 0.02; exit 1';
process.stdout.write("up\n");
for (let number = 0; ; number += 1) {
  pod(`stays-${number}`, 'trap "" TERM; sleep 300; :');
  pod(`ends-${number}`, script);
  await end(`ends-${number}`);
}
