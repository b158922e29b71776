/**
 * `env.example`: every variable that users may set. A test holds it against the settings, and a hidden one is a bug.
 */
export const envExample = `# Environment variables that override aura.yaml; options on the command line override them in turn.
# Copy the lines you need into your shell, your CI's variables or a file your shell loads. Empty means unset.

# Name of the environment; several can live side by side (one for each branch, say).
AURA_NAME=
# AWS region, such as eu-west-1.
AURA_REGION=
# Where the environment lives: rehearsal, aws or kubernetes.
AURA_TARGET=
# Whether GPUs are part of it, true or false: without them, neither their pools nor the jobs that ask for them.
AURA_GPU=
# The environment destroys itself when it gets this old, such as 4h.
AURA_TTL=
# The most one run may cost, in US dollars, such as 5.
AURA_BUDGET=
# How long a run waits for its jobs, such as 30m.
AURA_TIMEOUT=
# Job manifests to run, as paths from aura.yaml's folder, separated by commas.
AURA_JOBS=

# The rehearsal on this machine.
# How many times faster than real time simulated delays pass, from 1 to 10000.
AURA_SPEED=
# How containers run: auto, process or container.
AURA_RUNTIME=
# Seed of everything random, a whole number.
AURA_SEED=
# Capacity that AWS is to have none of, separated by commas, such as "spot g4dn.* us-east-1a, * p5.48xlarge".
AURA_SHORTAGES=
# Take a node on spot capacity away this long after its first pod started, such as 20s.
AURA_INTERRUPT_SPOT_AFTER=
# A folder that stands for an AWS account: whoever names the same one finds the clusters that others left in it.
AURA_CLOUD=

# On AWS. Credentials, and AWS_REGION or AWS_PROFILE, are found as the AWS CLI finds them.
# Who tells this machine its public IPv4 address, which is let in to the cluster (default: https://checkip.amazonaws.com).
AURA_CHECK_IP_URL=
`;
