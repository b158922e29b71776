/**
 * What families with the same platform have in common, size by size. A shape is named after the first family that has
 * it. A size without a number has the vCPUs its name says (`medium` 1, `large` 2, `xlarge` 4, `Nxlarge` 4N).
 * Network is the baseline and EBS the maximum bandwidth, in Mbit/s; pods is the limit that the network interfaces set.
 * Source: Karpenter AWS provider v1.14 instance type reference, 2026-07-20; p3 (not in that reference): the bandwidth
 * table of the same project, the amazon-eks-ami pod limits, and AWS's documented EBS bandwidth.
 */
export const shapeTable = `
shape c5
sizes   large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge metal:96
network   750   1250    2500    5000   12000    12000    25000    25000    25000
ebs      4750   4750    4750    4750    9500     9500    19000    19000    19000
pods       29     58      58     234     234      234      737      737      737

shape c5a
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
network   750   1250    2500    5000   10000    12000    20000    20000
ebs      3170   3170    3170    3170    3170     4750     6300     9500
pods       29     58      58     234     234      234      737      737

shape c5n
sizes   large xlarge 2xlarge 4xlarge 9xlarge 18xlarge metal:72
network  3000   5000   10000   15000   50000   100000   100000
ebs      4750   4750    4750    4750    9500    19000    19000
pods       29     58      58     234     234      737      737

shape c6a
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge metal:192
network   781   1562    3125    6250   12500    18750    25000    37500    50000    50000     50000
ebs     10000  10000   10000   10000   10000    15000    20000    30000    40000    40000     40000
pods       29     58      58     234     234      234      737      737      737      737       737

shape c6g
sizes   medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal:64
network    500   750   1250    2500    5000   12000    20000    25000    25000
ebs       4750  4750   4750    4750    4750    9500    14250    19000    19000
pods         8    29     58      58     234     234      234      737      737

shape c6gn
sizes   medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
network   1600  3000   6300   12500   25000   50000    75000   100000
ebs       9500  9500   9500    9500    9500   19000    28500    38000
pods         8    29     58      58     234     234      234      737

shape c6i
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal:128
network   781   1562    3125    6250   12500    18750    25000    37500    50000     50000
ebs     10000  10000   10000   10000   10000    15000    20000    30000    40000     40000
pods       29     58      58     234     234      234      737      737      737       737

shape c6in
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal:128
network  3125   6250   12500   25000   50000    75000   100000   150000   200000    200000
ebs     25000  25000   25000   25000   25000    37500    50000    75000   100000    100000
pods       29     58      58     234     234      234      737      737      394       394

shape c7a
sizes   medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge metal-48xl
network    390   781   1562    3125    6250   12500    18750    25000    37500    50000    50000      50000
ebs      10000 10000  10000   10000   10000   10000    15000    20000    30000    40000    40000      40000
pods         8    29     58      58     234     234      234      737      737      737      737        737

shape c7g
sizes   medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal:64
network    520   937   1876    3750    7500   15000    22500    30000    30000
ebs      10000 10000  10000   10000   10000   10000    15000    20000    20000
pods         8    29     58      58     234     234      234      737      737

shape c7gn
sizes   medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal:64
network   3125  6250  12500   25000   50000  100000   150000   200000   200000
ebs      10000 10000  10000   10000   10000   20000    30000    40000    40000
pods         8    29     58      58     234     234      234      737      737

shape c7i
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal-24xl 48xlarge metal-48xl
network   781   1562    3125    6250   12500    18750    25000    37500      37500    50000      50000
ebs     10000  10000   10000   10000   10000    15000    20000    30000      30000    40000      40000
pods       29     58      58     234     234      234      737      737        737      737        737

shape c7i-flex
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
network   390    781    1562    3125    6250     9375    12500
ebs     10000  10000   10000   10000   10000    15000    20000
pods       29     58      58     234     234      234      737

shape c8a
sizes   medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal-24xl 48xlarge metal-48xl
network    520   937   1875    3750    7500   15000    22500    30000    40000      40000    75000      75000
ebs      10000 10000  10000   10000   10000   10000    15000    20000    30000      30000    60000      60000
pods         8    59     78     158     314     392      758     1010     1010       1010     1514       1514

shape c8g
sizes   medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal-24xl 48xlarge metal-48xl
network    520   937   1875    3750    7500   15000    22500    30000    40000      40000    50000      50000
ebs      10000 10000  10000   10000   10000   10000    15000    20000    30000      30000    40000      40000
pods         8    29     58      58     234     234      234      737      737        737      737        737

shape c8gb
sizes   medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal-24xl 48xlarge metal-48xl
network   2083  4166   8333   16666   33330   66660   100000   133330   200000     200000   400000     400000
ebs      25000 25000  25000   25000   25000   50000    75000   100000   150000     150000   300000     300000
pods         8    29     58      58     234     292      350      786     1178       1178      590        590

shape c8gn
sizes   medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal-24xl 48xlarge metal-48xl
network   3125  6250  12500   25000   50000  100000   150000   200000   300000     300000   600000     600000
ebs      10000 10000  10000   10000   10000   20000    30000    40000    60000      60000   120000     120000
pods         8    29     58      58     234     292      350      786     1178       1178      590        590

shape c8i
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge metal-48xl 96xlarge metal-96xl
network   937   1875    3750    7500   15000    22500    30000    40000    50000    75000      75000   100000     100000
ebs     10000  10000   10000   10000   10000    15000    20000    30000    40000    60000      60000    80000      80000
pods       59    118     118     394     492      590     1010     1010     1514     1514       1514     1514       1514

shape c8i-flex
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
network   468    937    1875    3750    7500    11250    15000
ebs     10000  10000   10000   10000   10000    15000    20000
pods       59    118     118     394     492      590     1010

shape c8ib
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge metal-48xl 96xlarge metal-96xl
network  2083   4166    8333   16666   33330    50000    66660   100000   133330   200000     200000   400000     400000
ebs     25000  25000   25000   25000   25000    37500    50000    75000   100000   150000     150000   300000     300000
pods       78    118     118     394     394      590     1010     1010     1010     1514       1514      758        758

shape c8in
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge metal-48xl 96xlarge metal-96xl
network  3125   6250   12500   25000   50000    75000   100000   150000   200000   300000     300000   600000     600000
ebs     10000  10000   10000   10000   10000    15000    20000    30000    40000    60000      60000   120000     120000
pods       78    118     118     394     394      590     1010     1010     1010     1514       1514      758        758

shape c8ine
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge
network  3125   6250   12500   25000   50000    75000
ebs     10000  10000   10000   10000   10000    15000
pods       78    118     118     394     394      590

shape c9g
sizes   medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-48xl
network    550  1000   2100    4250    8500   17000    25000    34000    50000   100000     100000
ebs      12000 12000  12000   12000   12000   12000    18000    24000    36000    72000      72000
pods        40    59    118     118     394     492      590     1010     1514     1514       1514

shape g4dn
sizes   xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal:96
network   5000   10000   20000   50000    50000    50000   100000
ebs       3500    3500    4750    9500     9500     9500    19000
pods        29      29      29      58      234       58      737

shape g5
sizes   xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
network   2500    5000   10000   25000    40000    25000    50000   100000
ebs       3500    3500    4750   16000    16000    16000    19000    19000
pods        58      58     234     234      737      234      737      345

shape g5g
sizes   xlarge 2xlarge 4xlarge 8xlarge 16xlarge metal:64
network   1250    2500    5000   12000    25000    25000
ebs       4750    4750    4750    9500    19000    19000
pods        58      58     234     234      737      737

shape g6
sizes   xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
network   2500    5000   10000   25000    40000    25000    50000   100000
ebs       5000    5000    8000   16000    20000    20000    30000    60000
pods        58      58     234     234      234      737      737      737

shape g6e
sizes   xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
network   2500    5000   20000   25000   100000    35000   200000   400000
ebs       5000    5000    8000   16000    20000    20000    30000    60000
pods        58      58     234     234      292      737      492      492

shape g7
sizes   2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge
network   60000   60000   80000   175000   350000   700000
ebs        8000    8000   16000    20000    40000    80000
pods        254     506     632      758     1514      758

shape g7e
sizes   2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge
network   50000   50000  100000   400000   800000  1600000
ebs        5000    8000   16000    25000    50000   100000
pods        254     506     506      632      632      632

shape gr6
sizes   4xlarge 8xlarge
network   10000   25000
ebs        8000   16000
pods        234     234

shape m5
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal:96
network   750   1250    2500    5000   10000    12000    20000    25000    25000
ebs      4750   4750    4750    4750    6800     9500    13600    19000    19000
pods       29     58      58     234     234      234      737      737      737

shape m5a
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
network   750   1250    2500    5000    7500    10000    12000    20000
ebs      2880   2880    2880    2880    4750     6780     9500    13750
pods       29     58      58     234     234      234      737      737

shape m5dn
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal:96
network  2100   4100    8125   16250   25000    50000    75000   100000   100000
ebs      4750   4750    4750    4750    6800     9500    13600    19000    19000
pods       29     58      58     234     234      234      737      737      737

shape m5zn
sizes   large xlarge 2xlarge 3xlarge 6xlarge 12xlarge metal:48
network  3000   5000   10000   15000   50000   100000   100000
ebs      3170   3170    3170    4750    9500    19000    19000
pods       29     58      58     234     234      737      737

shape m8azn
sizes   medium large xlarge 3xlarge 6xlarge 12xlarge metal-12xl 24xlarge metal-24xl
network   2080  4170   8330   25000   50000   100000     100000   200000     200000
ebs      15000 15000  15000   15000   15000    30000      30000    60000      60000
pods        11    78     78     314     314     1010       1010     1010       1010

shape p3
sizes   2xlarge 8xlarge 16xlarge
network    2500   10000    25000
ebs        1750    7000    14000
pods         58     234      234

shape p3dn
sizes   24xlarge
network   100000
ebs        19000
pods         737

shape p4d
sizes   24xlarge
network   400000
ebs        19000
pods         737

shape p5
sizes   4xlarge 48xlarge
network  100000  3200000
ebs       10000    80000
pods        118      100

shape p5e
sizes   48xlarge
network  3200000
ebs        80000
pods         100

shape p5en
sizes   48xlarge
network  3200000
ebs       100000
pods         198

shape p6-b300
sizes   48xlarge
network  6400000
ebs       100000
pods         198

shape r5a
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
network   750   1250    2500    5000    7500    10000    12000    20000
ebs      2880   2880    2880    2880    4750     6780     9500    13570
pods       29     58      58     234     234      234      737      737

shape r5b
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal:96
network   750   1250    2500    5000   10000    12000    20000    25000    25000
ebs     10000  10000   10000   10000   20000    30000    40000    60000    60000
pods       29     58      58     234     234      234      737      737      737

shape r7iz
sizes   large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal-16xl 32xlarge metal-32xl
network   781   1562    3125    6250   12500    25000    25000      25000    50000      50000
ebs     10000  10000   10000   10000   10000    19000    20000      20000    40000      40000
pods       29     58      58     234     234      234      737        737      737        737

shape t3
sizes   nano:2 micro:2 small:2 medium:2 large xlarge 2xlarge
network     32      64     128      256   512   1024    2048
ebs       2085    2085    2085     2085  2780   2780    2780
pods         4       4      11       17    35     58      58

shape t3a
sizes   nano:2 micro:2 small:2 medium:2 large xlarge 2xlarge
network     32      64     128      256   512   1024    2048
ebs       2085    2085    2085     2085  2780   2780    2780
pods         4       4       8       17    35     58      58
`;
