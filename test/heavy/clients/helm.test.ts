import { onCluster, testCases } from "./cluster.ts";

await onCluster("helm", (cluster) =>
  testCases(cluster, [
    {
      title: "install waits for hook and deployment",
      run: "helm install shop $CHARTS/app --wait --timeout 60s",
      says: [/NAME: shop/, /STATUS: deployed/, /REVISION: 1/],
    },
    { title: "the hook's job has run", run: "kubectl logs job/shop-migrate", says: ["migrated"] },
    {
      title: "the deployment reads its settings",
      run: "kubectl logs deployment/shop && kubectl get secret shop-secret -o jsonpath='{.data.password}'",
      says: ["hello", "czNjcmV0"],
    },
    { title: "list shows the release", run: "helm list", says: [/shop\s+default\s+1\s.*deployed\s+app-0.1.0/] },
    { title: "status tells its state", run: "helm status shop", says: ["STATUS: deployed"] },
    {
      title: "upgrade waits for the new pods",
      run: "helm upgrade shop $CHARTS/app --set replicas=2,greeting=welcome --wait --timeout 60s && kubectl get deployment shop",
      says: ["has been upgraded", /REVISION: 2/, /shop\s+2\/2/],
    },
    {
      title: "upgrade that cannot be is refused",
      run: "helm upgrade shop $CHARTS/app --set replicas=-1 --timeout 20s",
      code: 1,
      says: [/must be greater than or equal to 0/],
    },
    {
      title: "rollback brings the first one back",
      run: "helm rollback shop 1 --wait --timeout 60s && kubectl get deployment shop && kubectl get cm shop-settings -o jsonpath='{.data.greeting}'",
      says: ["Rollback was a success", /shop\s+1\/1/, "hello"],
    },
    {
      title: "history lists what was deployed",
      run: "helm history shop",
      says: [/^1\s.*superseded/m, /^3\s.*failed/m, /^4\s.*deployed.*Rollback to 1/m],
    },
    { title: "manifest is what was sent", run: "helm get manifest shop", says: ["kind: Deployment"] },
    {
      title: "uninstall leaves nothing behind",
      run: "helm uninstall shop --wait --timeout 60s && kubectl get deployments,configmaps,secrets -o name",
      says: ['release "shop" uninstalled'],
      hides: ["shop-settings", "deployment.apps/shop"],
    },
    {
      title: "a chart brings CRDs and their objects",
      run: "helm install gears $CHARTS/operator && kubectl get gears,nodepools,clusterroles -o name",
      says: [
        "STATUS: deployed",
        "gear.example.com/gears",
        "nodepool.karpenter.sh/gears",
        "clusterrole.rbac.authorization.k8s.io/gears",
      ],
    },
    {
      title: "a bad value is named",
      run: "helm upgrade gears $CHARTS/operator --set teeth=1",
      code: 1,
      says: [/spec.teeth.*should be greater than or equal to 3/],
    },
    {
      title: "the operator is uninstalled",
      run: "helm uninstall gears && kubectl get gears",
      says: ["No resources found"],
    },
    {
      title: "template needs no cluster's leave",
      run: "helm template shop $CHARTS/app --dry-run=server",
      says: ["kind: Job"],
    },
  ]),
);
