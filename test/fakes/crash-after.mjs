// Preloaded into a real aura process (NODE_OPTIONS=--import): kills it with SIGKILL right after the disk has the
// journal's CRASH_AFTER-th line. Nothing in aura knows of it.
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const after = Number(process.env.CRASH_AFTER);
const open = fs.open;
let lines = 0;

fs.open = async (path, ...rest) => {
  const file = await open(path, ...rest);
  if (!String(path).endsWith("journal.jsonl") || rest[0] === "r+") return file;
  const datasync = file.datasync.bind(file);
  file.datasync = async () => {
    await datasync();
    lines += 1;
    if (lines === after) process.kill(process.pid, "SIGKILL");
  };
  return file;
};
syncBuiltinESMExports();
