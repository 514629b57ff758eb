extension BrokenDefinition {
    /// What is not YAML, or YAML that a file that grants access should not hold.
    static let syntax: [BrokenDefinition] = [
        .init(
            "a key twice", "platform.yaml", "ceilings: {", "timezone: UTC\nceilings: {",
            [
                "duplicate-key platform.yaml:20:1: error: the key `timezone` is given already in line 16; keep one"
            ]),
        .init(
            "a key twice in flow style", "tenants/cart.yaml", "{approval: peer, max_duration_hours: 2}",
            "{approval: peer, approval: self}",
            [
                "duplicate-key tenants/cart.yaml:15:38: error: the key `approval` is given already in line 15; keep one"
            ]),
        .init(
            "a key twice, once in quotes", "platform.yaml", "organization: acme\n",
            "organization: acme\n\"organization\": evil\n",
            [
                "duplicate-key platform.yaml:2:1: error: the key `organization` is given already in line 1; keep one"
            ]),
        .init(
            "an anchor", "tenants/cart.yaml", "sectors: [shop]", "sectors: &s [shop]",
            [
                "anchor tenants/cart.yaml:2:10: error: anchors (`&name`) are refused; write the value out where it is needed"
            ]),
        .init(
            "an alias", "tenants/cart.yaml", "members:", "members: *m\nx:",
            [
                "alias tenants/cart.yaml:3:10: error: aliases (`*name`) are refused; write the value out",
                "unknown-key tenants/cart.yaml:4:1: error: unknown key `x` in a tenant; known keys are `name`, `sectors`, `members`, `standing`, `workload_identity`, `jit_overrides` and `compliance`",
            ]),
        .init(
            "a tag", "tenants/cart.yaml", "name: cart", "name: !!str cart",
            [
                "tag tenants/cart.yaml:1:7: error: tags (`!...`) are refused; types follow from the schema"
            ]),
        .init(
            "a local tag", "tenants/cart.yaml", "[shop]", "!list [shop]",
            [
                "tag tenants/cart.yaml:2:10: error: tags (`!...`) are refused; types follow from the schema"
            ]),
        .init(
            "a merge key", "tenants/cart.yaml", "  live_contributor:", "  <<: {}\n  live_contributor:",
            [
                "merge-key tenants/cart.yaml:15:3: error: merge keys (`<<`) are refused; write the keys out"
            ]),
        .init(
            "a version directive", "tenants/cart.yaml", "name: cart", "%YAML 1.2\n---\nname: cart",
            [
                "directive tenants/cart.yaml:1:1: error: directives (`%...`) are refused; leave the line out"
            ]),
        .init(
            "a tag directive", "tenants/cart.yaml", "name: cart", "%TAG ! tag:evil,2026:\n---\nname: cart",
            [
                "directive tenants/cart.yaml:1:1: error: directives (`%...`) are refused; leave the line out"
            ]),
        .init(
            "two documents", "tenants/cart.yaml", "compliance: pci-dss\n", "compliance: pci-dss\n---\nname: cart\n",
            [
                "multiple-documents tenants/cart.yaml:17:1: error: a file holds one document; leave out what follows this `---`"
            ]),
        .init(
            "an empty file", "birthright.yaml", text: "",
            [
                "empty-file birthright.yaml:1:1: error: the file is empty; it must hold a mapping"
            ]),
        .init(
            "only a comment", "birthright.yaml", text: "# later\n",
            [
                "empty-file birthright.yaml:1:1: error: the file is empty; it must hold a mapping"
            ]),
        .init(
            "a list for a file", "birthright.yaml", text: "- rules\n",
            [
                "wrong-type birthright.yaml:1:1: error: birthright.yaml must be a mapping (`key: value`), not a list"
            ]),
        .init(
            "text for a file", "birthright.yaml", text: "rules\n",
            [
                "wrong-type birthright.yaml:1:1: error: birthright.yaml must be a mapping (`key: value`), not text"
            ]),
        .init(
            "a tab that indents", "tenants/cart.yaml", "  admins:", "\tadmins:",
            [
                "syntax tenants/cart.yaml:4:1: error: not YAML: while scanning for the next token, found character that cannot start any token; indent with spaces, and put text that begins with a mark in quotes"
            ]),
        .init(
            "an open bracket", "tenants/cart.yaml", "sectors: [shop]", "sectors: [shop",
            [
                "syntax tenants/cart.yaml:3:8: error: not YAML: while parsing a flow sequence that began in line 2, did not find expected ',' or ']'"
            ]),
        .init(
            "an open quote", "tenants/cart.yaml", "sectors: [shop]", "sectors: \"shop",
            [
                "syntax tenants/cart.yaml:17:1: error: not YAML: while scanning a quoted scalar that began in line 2, found unexpected end of stream"
            ]),
        .init(
            "a list as a key", "tenants/cart.yaml", "compliance: pci-dss", "? [a]\n: b",
            [
                "complex-key tenants/cart.yaml:16:3: error: a key must be a name, not a list or a mapping"
            ]),
        .init(
            "an alias as a key", "tenants/cart.yaml", "compliance: pci-dss", "*a : b",
            [
                "alias tenants/cart.yaml:16:1: error: aliases (`*name`) are refused; write the value out"
            ]),
        .init(
            "another schema", "platform.yaml", "organization: acme", "$schema: tenure/v2\norganization: acme",
            [
                "schema-version platform.yaml:1:10: error: `$schema` must be `tenure/v1`"
            ]),
        .init(
            "the schema too late", "platform.yaml", "organization: acme", "organization: acme\n$schema: tenure/v1",
            [
                "schema-version platform.yaml:2:1: error: `$schema` must be the first key"
            ]),
        .init(
            "a control character", "tenants/cart.yaml", "name: cart", "name: \"ca\\art\"",
            [
                "bad-slug tenants/cart.yaml:1:7: error: `name` must be of a-z, 0-9 and `-`, begin with a letter, not end with `-`, and have at most 63 characters; `ca\\u{7}rt` does not"
            ]),
    ]
}
