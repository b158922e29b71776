/**
 * The NVIDIA families. Columns: family, architecture, GiB of memory for each vCPU (`=` and GiB by size where that
 * varies), shape, disks, GPU, MiB of each GPU, GPUs by size, then the us-east-1 on-demand price (USD per hour) by size;
 * `-` where AWS publishes none (p5e is sold as capacity blocks only).
 * Source: Karpenter AWS provider v1.14 instance type reference and price table, 2026-07-20. p3 (without p3dn) is priced
 * there but not described: its vCPU, memory and GPUs are AWS's documented ones.
 */
export const gpuFamilyTable = `
g4dn    amd64 4          g4dn    g4dn    t4                   16384 1,1,1,1,4,1,8   .526 .752 1.204 2.176 3.912 4.352 7.824
g5      amd64 4          g5      g5      a10g                 22888 1,1,1,1,4,1,4,8 1.006 1.212 1.624 2.448 5.672 4.096 8.144 16.288
g5g     arm64 2          g5g     -       t4g                  16384 1,1,1,1,2,2     .42 .556 .828 1.372 2.744 2.744
g6      amd64 4          g6      g6      l4                   22888 1,1,1,1,4,1,4,8 .8048 .9776 1.3232 2.0144 4.6016 3.3968 6.6752 13.3504
g6e     amd64 8          g6e     g5      l40s                 45776 1,1,1,1,4,1,4,8 1.861 2.24208 3.00424 4.52856 10.49264 7.57719 15.06559 30.13118
g7      amd64 4          g7      g7      rtx-pro-4500         32768 1,1,1,2,4,8     2.52 3.04208 4.08624 7.12832 14.25664 28.51328
g7e     amd64 =64,128,256,512,1024,2048 g7e     g7e     rtx-pro-server-6000  98304 1,1,1,2,4,8     3.36312 3.99816 5.26824 8.28608 16.57216 33.14432
gr6     amd64 8          gr6     gr6     l4                   22888 1,1             1.5392 2.4464
p3      amd64 7.625      p3      -       v100                 16384 1,4,8           3.06 12.24 24.48
p3dn    amd64 8          p3dn    p3dn    v100                 32768 8               31.212
p4d     amd64 12         p4d     p4d     a100                 40960 8               21.957642
p4de    amd64 12         p4d     p4d     a100                 81920 8               27.44705
p5      amd64 =256,2048  p5      p5      h100                 81920 1,8             6.88 55.04
p5e     amd64 =2048      p5e     p5e     h200                144384 8               -
p5en    amd64 =2048      p5en    p5e     h200                144384 8               63.296
p6-b200 amd64 =2048      p5en    p5e     b200                183359 8               113.9328
p6-b300 amd64 =4096      p6-b300 p5e     b300                275040 8               142.416
`;
