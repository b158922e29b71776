import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Container } from "../../cluster/objects.ts";
import { parseQuantity } from "../../kernel/quantity.ts";

/** The device a simulated node has, by the catalog. */
export interface SimulatedGpu {
  /** What nvidia-smi calls it, such as `NVIDIA A10G`. */
  readonly product: string;
  readonly memoryMib: number;
  readonly count: number;
}

/** GPUs that a container is given: its limit of nvidia.com/gpu. */
export function gpusOf(container: Container): number {
  const { limits, requests } = container.resources ?? {};
  return parseQuantity(limits?.["nvidia.com/gpu"] ?? requests?.["nvidia.com/gpu"] ?? 0);
}

/**
 * Puts an `nvidia-smi` into `directory` that shows `count` of the simulated devices and says that it is a rehearsal.
 * Without devices it says what the real one says: "No devices were found", exit code 6.
 * @returns the file.
 */
export function writeGpuShim(directory: string, gpu: SimulatedGpu | undefined, count: number): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, "nvidia-smi");
  writeFileSync(file, shimScript(gpu, count), { mode: 0o700 });
  return file;
}

/** The script: POSIX sh, and no program but `date`. Values are a device's at rest; what only a real one could tell is [N/A]. */
function shimScript(gpu: SimulatedGpu | undefined, count: number): string {
  return `#!/bin/sh
# nvidia-smi of an Aura rehearsal: no device is here, the catalog's is shown
product='${(gpu?.product ?? "none").replaceAll("'", "'\\''")}'
memory=${Math.round(gpu?.memoryMib ?? 0)}
count=${gpu === undefined ? 0 : Math.min(Math.trunc(count), gpu.count)}
${shimBody}`;
}

const shimBody = `
me='nvidia-smi of an Aura rehearsal'
query= formats= list= only=
while [ $# -gt 0 ]; do
  case $1 in
    --query-gpu=*) query=\${1#*=} ;;
    --format=*) formats=,\${1#*=}, ;;
    -L | --list-gpus) list=1 ;;
    -i | --id) only=$2; shift ;;
    -i=* | --id=*) only=\${1#*=} ;;
    -h | --help) echo "$me: simulated devices. It knows: nothing, -L, -i N, --query-gpu=… --format=csv[,noheader][,nounits]"; exit ;;
    *) echo "$me does not know the option $1" >&2; exit 2 ;;
  esac
  shift
done
case $only in *[!0-9]*) echo "$me takes a number after -i, not $only" >&2; exit 2 ;; esac
if [ "\${only:-0}" -ge "$count" ]; then echo 'No devices were found'; exit 6; fi

uuid() { printf 'GPU-00000000-0000-0000-0000-%012d' "$1"; }

# head and value of a field of a device
look_up() {
  head=$1 value='[N/A]'
  case $1 in
    name | gpu_name) head=name value=$product ;;
    index) value=$2 ;;
    count) value=$count ;;
    uuid | gpu_uuid) head=uuid value=$(uuid "$2") ;;
    memory.total | memory.free) head="$1 [MiB]" value=$memory$mib ;;
    memory.used) head="$1 [MiB]" value=0$mib ;;
    utilization.gpu | utilization.memory) head="$1 [%]" value=0$percent ;;
    driver_version) value=simulated ;;
    timestamp) value=$(date '+%Y/%m/%d %H:%M:%S.000') ;;
    temperature.* | pci.* | pci | power.* | clocks.* | ecc.* | fan.speed | pstate | compute_cap | compute_mode) ;;
    persistence_mode | serial | vbios_version | mig.mode.*) ;;
    *) echo "Field \\"$1\\" is not a valid field to query."; exit 2 ;;
  esac
}

devices() {
  index=0
  while [ "$index" -lt "$count" ]; do
    if [ -z "$only" ] || [ "$only" -eq "$index" ]; then "$1" "$index"; fi
    index=$((index + 1))
  done
}

list_line() { printf '%s\\n' "GPU $1: $product (UUID: $(uuid "$1"))"; }

csv_line() {
  heads= values=
  for field in $query; do
    look_up "$field" "$1"
    heads="$heads\${heads:+, }$head" values="$values\${values:+, }$value"
  done
  case $formats in *,noheader,*) ;; *) printf '%s\\n' "$heads" ;; esac
  formats=,noheader,
  printf '%s\\n' "$values"
}

table_line() { printf '|  %2s  %-38.38s %20s %10s |\\n' "$1" "$product" "0MiB / \${memory}MiB" '0%'; }

if [ -n "$list" ]; then
  devices list_line
elif [ -n "$query" ]; then
  case $formats in *,csv,*) ;; *) echo 'nvidia-smi: --query-gpu needs --format=csv' >&2; exit 2 ;; esac
  mib=' MiB' percent=' %' IFS=', '
  case $formats in *,nounits,*) mib= percent= ;; esac
  set -f
  devices csv_line
else
  date
  echo '+-----------------------------------------------------------------------------+'
  echo '| NVIDIA-SMI simulated    Driver simulated    AURA REHEARSAL: no real device  |'
  echo '|-----------------------------------------------------------------------------|'
  echo '| GPU  Name                                           Memory-Usage   GPU-Util |'
  echo '|=============================================================================|'
  devices table_line
  echo '+-----------------------------------------------------------------------------+'
fi
`;
