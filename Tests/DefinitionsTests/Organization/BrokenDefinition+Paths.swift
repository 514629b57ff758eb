extension BrokenDefinition {
    /// Files that are missing, or should not be there.
    static let paths: [BrokenDefinition] = [
        .init(
            "no platform", without: "platform.yaml",
            [
                "missing-file platform.yaml:1:1: error: the file is missing; an organisation needs it"
            ]),
        .init(
            "no targets", without: "targets.yaml",
            [
                "missing-file targets.yaml:1:1: warning: the file is missing; without a target there is nothing to plan for"
            ]),
        .init(
            "no core", without: "core-iam.yaml",
            [
                "missing-file core-iam.yaml:1:1: warning: the file is missing; the core sectors' groups stay empty",
                "too-few-approvers tenants/cart.yaml:1:7: warning: Group(\"cart\", \"live\", \"admin\") needs 2 to approve who are not the requester, and there are too few; list another admin here, or in platform's admins of tier `live`; until then requests are denied",
            ]),
        .init(
            "no tenants", without: "tenants/cart.yaml",
            [
                "no-tenants tenants:1:1: warning: there is no `tenants/NAME.yaml`; no tenant has access"
            ]),
        .init(
            "a tenant file of another extension", "tenants/cart2.yml", text: "name: cart2\n",
            [
                "bad-path tenants/cart2.yml:1:1: error: `tenants/` holds files that end in `.yaml`, one a tenant, and nothing else"
            ]),
        .init(
            "a tenant file in capitals", "tenants/Cart.yaml", text: "name: cart\n",
            [
                "bad-path tenants/Cart.yaml:1:1: error: a tenant's file is called `NAME.yaml`, where NAME is of a-z, 0-9 and `-`, begins with a letter, does not end with `-`, and has at most 63 characters"
            ]),
        .init(
            "a tenant folder", "tenants/shop/cart.yaml", text: "name: cart\n",
            [
                "bad-path tenants/shop/cart.yaml:1:1: error: `tenants/` holds no folders; write `tenants/NAME.yaml`"
            ]),
        .init(
            "a note among the tenants", "tenants/README.md", text: "hello\n",
            [
                "bad-path tenants/README.md:1:1: error: `tenants/` holds files that end in `.yaml`, one a tenant, and nothing else"
            ]),
        .init(
            "a path that climbs", "tenants/../cart.yaml", text: "name: cart\n",
            [
                "bad-path tenants/../cart.yaml:1:1: error: a path has no empty part, no `.` and no `..`"
            ]),
        .init(
            "an absolute path", "/tenants/cart.yaml", text: "name: cart\n",
            [
                "bad-path /tenants/cart.yaml:1:1: error: a path is relative to the organisation's root"
            ]),
        .init(
            "a path with a control character", "tenants/ca\u{7}rt.yaml", text: "name: cart\n",
            [
                "bad-path `tenants/ca\\u{7}rt.yaml`:1:1: error: a path has no control characters and no backslash"
            ]),
        .init(
            "a misspelt file", "platforms.yaml", text: "x: y\n",
            [
                "unknown-file platforms.yaml:1:1: warning: nothing reads this file; did you mean `platform.yaml`?"
            ]),
    ]
}
