import { completeSuffix, frameWord, mostLogBytes } from "../../spec/outputs.ts";

// AURA_OUTPUTS says how many paths there are, AURA_OUTPUT_<n> where each is and AURA_OUTPUT_NAME_<n> what it is called
// at home. kubelet sends SIGTERM when the job's own containers have ended, whichever way, and then waits for as long as
// is left of the pod's grace period. Kubernetes takes two dollar signs in a row for one, so there are none.

/**
 * Sleeps in a way that lets a signal be heard at once. The last process begun is known from the start, and killed in the
 * end: another signal could come before it is what it is to be, and be lost.
 */
const untilStopped = `true &
trap finish TERM
while :; do
  sleep 3600 &
  wait "$!"
done
`;

/**
 * Packs the outputs into the container's own log: a frame for each path, its archive (tar, gzip) as lines of base64
 * between `begin <path> <bytes> <sha256>` and `end <path>`. Lines are long because the runtime adds forty bytes to
 * each. For POSIX sh, busybox's and others.
 */
export const logScript = `set -u
scratch="$AURA_OUTPUTS_SCRATCH"
left=${mostLogBytes} failed=0
say() { echo "${frameWord} $*"; }
problem() { failed=1; say problem "$@"; }
pack() {
  if [ -d "$path" ]; then folder="$path" entry=.; else folder="\${path%/*}" entry="\${path##*/}"; fi
  echo 0 > "$scratch/status"
  { tar -C "$folder" -cf - -- "$entry" || echo "$?" > "$scratch/status"; } | gzip | head -c "$((left + 1))" > "$scratch/pack"
}
send() {
  bytes=$(($(wc -c < "$scratch/pack")))
  if [ "$bytes" -gt "$left" ]; then
    problem "$index" "more than ${mostLogBytes / 2 ** 20} MiB packed, which is what a log holds"
    return
  fi
  read -r status < "$scratch/status"
  [ "$status" -eq 0 ] || problem "$index" "tar ended with $status: something could not be read"
  sum=$(sha256sum < "$scratch/pack")
  say begin "$index" "$bytes" "\${sum%% *}"
  base64 -w 8192 "$scratch/pack"
  echo
  say end "$index"
  left=$((left - bytes))
}
finish() {
  { kill -9 "$!"; wait "$!"; } 2> /dev/null
  index=0
  while [ "$index" -lt "$AURA_OUTPUTS" ]; do
    index=$((index + 1))
    eval "path=\\$AURA_OUTPUT_$index"
    if [ -e "$path" ]; then pack; send; fi
  done
  say complete
  exit "$failed"
}
${untilStopped}`;

/**
 * Copies the outputs to S3, then an object that says how it went: a line with the status of each path. A container that
 * does not heed SIGTERM leaves no time after its end, so preStop copies once when the pod begins to end ("early");
 * what has not changed since is not copied again. For bash and coreutils, which is what the AWS CLI's image has.
 */
export const s3Script = `set -u
scratch="$AURA_OUTPUTS_SCRATCH"
paths() {
  index=0
  while [ "$index" -lt "$AURA_OUTPUTS" ]; do
    index=$((index + 1))
    eval "path=\\$AURA_OUTPUT_$index name=\\$AURA_OUTPUT_NAME_$index"
    "$@"
  done
}
look() { ls -AlRc --full-time "$path" 2>&1; }
copy() {
  status=0
  if [ -d "$path" ]; then
    aws s3 cp --recursive --only-show-errors "$path" "$AURA_OUTPUTS_TO/$name" >&2 || status="$?"
  elif [ -e "$path" ]; then
    aws s3 cp --only-show-errors "$path" "$AURA_OUTPUTS_TO/$name" >&2 || status="$?"
  fi
  [ "$status" -eq 0 ] || failed=1
  echo "$index $status"
}
early() {
  failed=0
  paths look > "$scratch/looking"
  paths copy > "$scratch/copied"
  if [ "$failed" -eq 0 ]; then mv "$scratch/looking" "$scratch/seen"; fi
}
finish() {
  { kill -9 "$!"; wait "$!"; } 2> /dev/null
  failed=0
  paths look > "$scratch/now"
  if [ ! -f "$scratch/seen" ] || [ "$(sha256sum < "$scratch/seen")" != "$(sha256sum < "$scratch/now")" ]; then
    paths copy > "$scratch/copied"
  fi
  { cat "$scratch/copied" && echo complete; } |
    aws s3 cp --only-show-errors - "\${AURA_OUTPUTS_TO}${completeSuffix}" || failed=1
  exit "$failed"
}
if [ "\${1-}" = early ]; then early; exit; fi
${untilStopped}`;
