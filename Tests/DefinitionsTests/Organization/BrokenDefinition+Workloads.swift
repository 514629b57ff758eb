extension BrokenDefinition {
    /// Workload identities.
    static let workloads: [BrokenDefinition] = [
        .init(
            "a wildcard in a subject", "tenants/cart.yaml", "repo:acme/cart:environment:live",
            "repo:acme/*:environment:live",
            [
                "wildcard-subject tenants/cart.yaml:12:14: error: a subject is exact; `*` and `?` would let others in"
            ]),
        .init(
            "a question mark in a subject", "tenants/cart.yaml", "repo:acme/cart:environment:live",
            "repo:acme/car?:environment:live",
            [
                "wildcard-subject tenants/cart.yaml:12:14: error: a subject is exact; `*` and `?` would let others in"
            ]),
        .init(
            "a bare repository", "tenants/cart.yaml", "repo:acme/cart:environment:live", "repo:acme/cart",
            [
                "inexact-subject tenants/cart.yaml:12:14: error: a GitHub subject is `repo:OWNER/REPOSITORY:environment:NAME` or `repo:OWNER/REPOSITORY:ref:REF`; a whole repository is not exact"
            ]),
        .init(
            "a repository without an owner", "tenants/cart.yaml", "repo:acme/cart:environment:live",
            "repo:cart:environment:live",
            [
                "inexact-subject tenants/cart.yaml:12:14: error: a GitHub subject is `repo:OWNER/REPOSITORY:environment:NAME` or `repo:OWNER/REPOSITORY:ref:REF`; a whole repository is not exact"
            ]),
        .init(
            "an environment without a name", "tenants/cart.yaml", "repo:acme/cart:environment:live",
            "\"repo:acme/cart:environment:\"",
            [
                "inexact-subject tenants/cart.yaml:12:14: error: a GitHub subject is `repo:OWNER/REPOSITORY:environment:NAME` or `repo:OWNER/REPOSITORY:ref:REF`; a whole repository is not exact"
            ]),
        .init(
            "another claim of GitHub", "tenants/cart.yaml", "repo:acme/cart:environment:live",
            "repo:acme/cart:actor:eve",
            [
                "inexact-subject tenants/cart.yaml:12:14: error: a GitHub subject is `repo:OWNER/REPOSITORY:environment:NAME` or `repo:OWNER/REPOSITORY:ref:REF`; a whole repository is not exact"
            ]),
        .init(
            "any pull request in live", "tenants/cart.yaml", "repo:acme/cart:environment:live",
            "repo:acme/cart:pull_request",
            [
                "pull-request-subject tenants/cart.yaml:12:14: error: any pull request would hold this; name an environment or a ref, a live tier takes nothing less"
            ]),
        .init(
            "any pull request elsewhere", "tenants/cart.yaml",
            "  live:\n    issuer: https://token.actions.githubusercontent.com\n    subject: repo:acme/cart:environment:live",
            "  sandbox:\n    issuer: https://token.actions.githubusercontent.com\n    subject: repo:acme/cart:pull_request",
            [
                "pull-request-subject tenants/cart.yaml:12:14: warning: any pull request would hold this; name an environment or a ref"
            ]),
        .init(
            "a GitHub issuer with another subject", "tenants/cart.yaml", "repo:acme/cart:environment:live", "cart",
            [
                "inexact-subject tenants/cart.yaml:12:14: error: a GitHub subject is `repo:OWNER/REPOSITORY:environment:NAME` or `repo:OWNER/REPOSITORY:ref:REF`; a whole repository is not exact"
            ]),
        .init(
            "a GitLab project without a ref", "tenants/cart.yaml",
            "https://token.actions.githubusercontent.com\n    subject: repo:acme/cart:environment:live",
            "https://gitlab.com\n    subject: project_path:acme/cart",
            [
                "inexact-subject tenants/cart.yaml:12:14: error: a GitLab subject is `project_path:GROUP/PROJECT:ref_type:branch:ref:NAME`, or with `tag` for `branch`"
            ]),
        .init(
            "a service account without a name", "tenants/cart.yaml",
            "https://token.actions.githubusercontent.com\n    subject: repo:acme/cart:environment:live",
            "https://k8s.acme.example\n    subject: system:serviceaccount:cart",
            [
                "inexact-subject tenants/cart.yaml:12:14: error: a Kubernetes subject is `system:serviceaccount:NAMESPACE:NAME`"
            ]),
        .init(
            "an issuer without https", "tenants/cart.yaml", "https://token.actions", "http://token.actions",
            [
                "bad-issuer tenants/cart.yaml:11:13: error: `issuer` must be an https address without user, query and wildcard, not `http://token.actions.githubusercontent.com`"
            ]),
        .init(
            "an issuer with a user", "tenants/cart.yaml", "https://token.actions", "https://me@token.actions",
            [
                "bad-issuer tenants/cart.yaml:11:13: error: `issuer` must be an https address without user, query and wildcard, not `https://me@token.actions.githubusercontent.com`"
            ]),
        .init(
            "a wildcard in an issuer", "tenants/cart.yaml", "https://token.actions", "https://*.actions",
            [
                "bad-issuer tenants/cart.yaml:11:13: error: `issuer` must be an https address without user, query and wildcard, not `https://*.actions.githubusercontent.com`"
            ]),
        .init(
            "an audience with a wildcard", "tenants/cart.yaml", "api://exchange", "api://*",
            [
                "bad-audience tenants/cart.yaml:13:15: error: `audience` must be exact: printable ASCII without spaces and without `*`"
            ]),
        .init(
            "no audience", "tenants/cart.yaml", "    audience: api://exchange\n", "",
            [
                "missing-key tenants/cart.yaml:11:5: error: a workload needs the key `audience`"
            ]),
        .init(
            "people in a workload", "tenants/cart.yaml", "    audience: api://exchange",
            "    audience: api://exchange\n    members: [eve@acme.example]",
            [
                "human-operator tenants/cart.yaml:14:5: error: no person is an operator; declare the runner or service under `workload_identity`"
            ]),
        .init(
            "an unknown tier of a workload", "tenants/cart.yaml", "  live:\n    issuer", "  prod:\n    issuer",
            [
                "unknown-tier tenants/cart.yaml:10:3: error: there is no tier `prod`; known are `sandbox` and `live`"
            ]),
        .init(
            "two workloads without names", "tenants/cart.yaml",
            "workload_identity:\n  live:\n    issuer: https://token.actions.githubusercontent.com\n    subject: repo:acme/cart:environment:live\n    audience: api://exchange",
            "workload_identity:\n  live:\n    - {issuer: \"https://ci.acme.example\", subject: a, audience: b}\n    - {issuer: \"https://ci.acme.example\", subject: c, audience: b}",
            [
                "missing-key tenants/cart.yaml:11:7: error: a workload in a list of several needs the key `name`",
                "missing-key tenants/cart.yaml:12:7: error: a workload in a list of several needs the key `name`",
            ]),
        .init(
            "two workloads of one name", "tenants/cart.yaml",
            "workload_identity:\n  live:\n    issuer: https://token.actions.githubusercontent.com\n    subject: repo:acme/cart:environment:live\n    audience: api://exchange",
            "workload_identity:\n  live:\n    - {name: ci, issuer: \"https://ci.acme.example\", subject: a, audience: b}\n    - {name: ci, issuer: \"https://ci.acme.example\", subject: c, audience: b}",
            [
                "duplicate-name tenants/cart.yaml:12:14: error: the workload `ci` is named twice; keep one"
            ]),
        .init(
            "two workloads of one subject", "tenants/cart.yaml",
            "workload_identity:\n  live:\n    issuer: https://token.actions.githubusercontent.com\n    subject: repo:acme/cart:environment:live\n    audience: api://exchange",
            "workload_identity:\n  live:\n    - {name: ci, issuer: \"https://ci.acme.example\", subject: a, audience: b}\n    - {name: cd, issuer: \"https://ci.acme.example\", subject: a, audience: b}",
            [
                "duplicate-name tenants/cart.yaml:12:7: error: the same issuer, subject and audience are declared twice; keep one"
            ]),
    ]
}
