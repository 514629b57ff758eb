extension BrokenDefinition {
    /// `tenants/NAME.yaml`, but for workloads and windows.
    static let tenants: [BrokenDefinition] = [
        .init(
            "a name that is not the file's", "tenants/cart.yaml", "name: cart", "name: card",
            [
                "tenant-file-name tenants/cart.yaml:1:7: error: the file is called `cart.yaml`, the tenant `card`; make them the same"
            ]),
        .init(
            "a name outside the grammar", "tenants/cart.yaml", "name: cart", "name: Cart",
            [
                "bad-slug tenants/cart.yaml:1:7: error: `name` must be of a-z, 0-9 and `-`, begin with a letter, not end with `-`, and have at most 63 characters; `Cart` does not"
            ]),
        .init(
            "no members", "tenants/cart.yaml", "members:\n", "member:\n",
            [
                "missing-key tenants/cart.yaml:1:1: error: a tenant needs the key `members`",
                "unknown-key tenants/cart.yaml:3:1: error: unknown key `member` in a tenant; did you mean `members`?",
            ]),
        .init(
            "a group among the people", "tenants/cart.yaml", "- eve@acme.example", "- group-all-devs",
            [
                "nested-group tenants/cart.yaml:6:7: error: `group-all-devs` is not a person's e-mail address; list individuals, never a group, so that the files say who has access"
            ]),
        .init(
            "the notation among the people", "tenants/cart.yaml", "- eve@acme.example",
            "- Group(\"cart\", \"live\", \"reader\")",
            [
                "nested-group tenants/cart.yaml:6:7: error: `Group(\"cart\", \"live\", \"reader\")` is not a person's e-mail address; list individuals, never a group, so that the files say who has access"
            ]),
        .init(
            "an address that is none", "tenants/cart.yaml", "- eve@acme.example", "- eve@acme",
            [
                "bad-email tenants/cart.yaml:6:7: error: `eve@acme` is no e-mail address; write `name@domain` in ASCII"
            ]),
        .init(
            "an address with a letter from elsewhere", "tenants/cart.yaml", "- eve@acme.example",
            "- \"\u{435}ve@acme.example\"",
            [
                "bad-email tenants/cart.yaml:6:7: error: `\u{435}ve@acme.example` is no e-mail address; write `name@domain` in ASCII"
            ]),
        .init(
            "a mapping among the people", "tenants/cart.yaml", "- eve@acme.example", "- {email: eve@acme.example}",
            [
                "wrong-type tenants/cart.yaml:6:7: error: each of `contributors` must be an e-mail address; this one is a mapping"
            ]),
        .init(
            "an empty entry", "tenants/cart.yaml", "- eve@acme.example", "-",
            [
                "empty-value tenants/cart.yaml:6:6: error: each of `contributors` must be an e-mail address; this one is empty"
            ]),
        .init(
            "an empty list", "tenants/cart.yaml", "  readers: []", "  readers:",
            [
                "wrong-type tenants/cart.yaml:7:11: error: `readers` must be a list, not empty; write `[]` for an empty one"
            ]),
        .init(
            "somebody in two lists", "tenants/cart.yaml", "readers: []", "readers: [EVE@acme.example]",
            [
                "duplicate-person tenants/cart.yaml:7:13: error: `EVE@acme.example` stands in `contributors` already, in line 6; a person stands in one list of a tenant"
            ]),
        .init(
            "somebody twice in a list", "tenants/cart.yaml", "[cyd@acme.example, dan@acme.example]",
            "[cyd@acme.example, cyd@acme.example]",
            [
                "duplicate-person tenants/cart.yaml:4:30: error: `cyd@acme.example` stands in `admins` already, in line 4; a person stands in one list of a tenant"
            ]),
        .init(
            "people as operators", "tenants/cart.yaml", "  readers: []", "  operators: [eve@acme.example]",
            [
                "human-operator tenants/cart.yaml:7:3: error: no person is an operator; declare the runner or service under `workload_identity`"
            ]),
        .init(
            "a list that is misspelt", "tenants/cart.yaml", "contributors:", "contributers:",
            [
                "unknown-key tenants/cart.yaml:5:3: error: unknown key `contributers` in `members`; did you mean `contributors`?"
            ]),
        .init(
            "an unknown sector", "tenants/cart.yaml", "[shop]", "[shops]",
            [
                "unknown-sector tenants/cart.yaml:2:11: error: there is no sector `shops`; did you mean `shop`?"
            ]),
        .init(
            "no sector", "tenants/cart.yaml", "[shop]", "[]",
            [
                "empty-list tenants/cart.yaml:2:10: error: `sectors` must hold at least one entry"
            ]),
        .init(
            "a core sector", "tenants/cart.yaml", "[shop]", "[shop, platform]",
            [
                "core-sector tenants/cart.yaml:2:17: error: `platform` is a core sector, owned by the platform team; a tenant names others"
            ]),
        .init(
            "a sector twice in a tenant", "tenants/cart.yaml", "[shop]", "[shop, shop]",
            [
                "duplicate-name tenants/cart.yaml:2:17: error: the sector `shop` is named twice; keep one"
            ]),
        .init(
            "a tier that the sectors lack", "tenants/cart.yaml", "sectors: [shop]", "sectors: [lab]",
            [
                "unknown-tier tenants/cart.yaml:10:3: error: no sector of this entry has the tier `live`; it has `sandbox`",
                "unknown-tier tenants/cart.yaml:15:3: error: no sector of this entry has the tier `live`; it has `sandbox`",
            ]),
        .init(
            "a tenant called like a core sector", "tenants/platform.yaml",
            text: "name: platform\nsectors: [shop]\nmembers: {}\n",
            [
                "core-sector tenants/platform.yaml:1:7: error: `platform` is a core sector; its groups are defined in core-iam.yaml, no tenant bears its name"
            ]),
        .init(
            "standing write in live", "tenants/cart.yaml", "{sandbox: [contributor]}", "{live: [contributor]}",
            [
                "standing-write-in-live tenants/cart.yaml:8:19: error: nobody writes in the live tier `live` without a window; leave this out"
            ]),
        .init(
            "standing admin", "tenants/cart.yaml", "{sandbox: [contributor]}", "{sandbox: [admin]}",
            [
                "standing-role tenants/cart.yaml:8:22: error: only `contributor` can be named here, not `admin`; readers always stand, admins never"
            ]),
        .init(
            "standing reader", "tenants/cart.yaml", "{sandbox: [contributor]}", "{sandbox: [reader]}",
            [
                "standing-role tenants/cart.yaml:8:22: error: only `contributor` can be named here, not `reader`; readers always stand, admins never"
            ]),
        .init(
            "a standing role that is none", "tenants/cart.yaml", "{sandbox: [contributor]}",
            "{sandbox: [contributors]}",
            [
                "standing-role tenants/cart.yaml:8:22: error: only `contributor` can be named here, not `contributors`; readers always stand, admins never"
            ]),
        .init(
            "standing in an unknown tier", "tenants/cart.yaml", "{sandbox: [contributor]}", "{sandbx: [contributor]}",
            [
                "unknown-tier tenants/cart.yaml:8:12: error: there is no tier `sandbx`; did you mean `sandbox`?"
            ]),
        .init(
            "standing as text", "tenants/cart.yaml", "{sandbox: [contributor]}", "{sandbox: contributor}",
            [
                "wrong-type tenants/cart.yaml:8:21: error: `sandbox` must be a list, not text"
            ]),
        .init(
            "an unknown regime", "tenants/cart.yaml", "compliance: pci-dss", "compliance: [pci-dss, pci]",
            [
                "unknown-compliance tenants/cart.yaml:16:23: error: there is no compliance `pci`; known are `hipaa` and `pci-dss`"
            ]),
        .init(
            "a regime twice", "tenants/cart.yaml", "compliance: pci-dss", "compliance: [pci-dss, pci-dss]",
            [
                "duplicate-name tenants/cart.yaml:16:23: error: the regime `pci-dss` is named twice; keep one"
            ]),
        .init(
            "a name too long for a target", "tenants/a-tenant-of-a-very-long-name-indeed.yaml",
            text: "name: a-tenant-of-a-very-long-name-indeed\nsectors: [shop]\nmembers: {}\n",
            [
                "slug-too-long tenants/a-tenant-of-a-very-long-name-indeed.yaml:1:7: error: the group name `a-tenant-of-a-very-long-name-indeed-sandbox-contributors` has 56 bytes; target `store` takes 40 at most; choose shorter names or another template"
            ]),
    ]
}
