extension BrokenDefinition {
    /// `targets.yaml` and `birthright.yaml`.
    static let targets: [BrokenDefinition] = [
        .init(
            "a target twice", "targets.yaml", "name: store", "name: corp",
            [
                "duplicate-name targets.yaml:7:11: error: the target `corp` is named twice; keep one"
            ]),
        .init(
            "an unknown connector", "targets.yaml", "connector: directory", "connector: directroy",
            [
                "unknown-connector targets.yaml:3:16: error: there is no connector `directroy`; did you mean `directory`?"
            ]),
        .init(
            "a literal credential", "targets.yaml", "env:CORP_PASSWORD", "hunter2",
            [
                "secret-value targets.yaml:6:17: error: a secret is a reference, never a value: `env:NAME`, `file:PATH`, `vault:PATH` or `aws-sm:NAME`"
            ]),
        .init(
            "a credential of an unknown scheme", "targets.yaml", "env:CORP_PASSWORD", "pass:hunter2",
            [
                "secret-value targets.yaml:6:17: error: a secret is a reference, never a value: `env:NAME`, `file:PATH`, `vault:PATH` or `aws-sm:NAME`"
            ]),
        .init(
            "a credential as a mapping", "targets.yaml", "env:CORP_PASSWORD", "{value: hunter2}",
            [
                "secret-value targets.yaml:6:17: error: a secret is a reference, never a value: `env:NAME`, `file:PATH`, `vault:PATH` or `aws-sm:NAME`"
            ]),
        .init(
            "an environment variable with a space", "targets.yaml", "env:CORP_PASSWORD", "env:hunter 2",
            [
                "secret-value targets.yaml:6:17: error: a secret is a reference, never a value: `env:NAME`, `file:PATH`, `vault:PATH` or `aws-sm:NAME`"
            ]),
        .init(
            "a literal secret in settings", "targets.yaml", "{path: corp.directory}",
            "{path: corp.directory, bind_password: hunter2}",
            [
                "secret-value targets.yaml:5:53: error: a secret is a reference, never a value: `env:NAME`, `file:PATH`, `vault:PATH` or `aws-sm:NAME`"
            ]),
        .init(
            "a literal secret deep in settings", "targets.yaml", "{path: corp.directory}", "{tls: [{token: hunter2}]}",
            [
                "secret-value targets.yaml:5:30: error: a secret is a reference, never a value: `env:NAME`, `file:PATH`, `vault:PATH` or `aws-sm:NAME`"
            ]),
        .init(
            "settings as a list", "targets.yaml", "{path: corp.directory}", "[corp.directory]",
            [
                "wrong-type targets.yaml:5:15: error: `settings` must be a mapping (`key: value`), not a list"
            ]),
        .init(
            "an unknown sector in covers", "targets.yaml", "{sector: shop}", "{sector: shopp}",
            [
                "unknown-sector targets.yaml:9:22: error: there is no sector `shopp`; did you mean `shop`?"
            ]),
        .init(
            "an unknown tenant in covers", "targets.yaml", "{sector: shop}", "{tenant: kart}",
            [
                "unknown-tenant targets.yaml:9:22: error: there is no tenant `kart`; did you mean `cart`?"
            ]),
        .init(
            "an unknown tier in covers", "targets.yaml", "{sector: shop}", "{tier: prod}",
            [
                "unknown-tier targets.yaml:9:20: error: there is no tier `prod`; known are `sandbox` and `live`"
            ]),
        .init(
            "an unknown region in covers", "targets.yaml", "{sector: shop}", "{region: eu02}",
            [
                "unknown-region targets.yaml:9:22: error: there is no region `eu02`; did you mean `eu01`?"
            ]),
        .init(
            "an unknown dimension in covers", "targets.yaml", "{sector: shop}", "{sectors: shop}",
            [
                "unknown-key targets.yaml:9:14: error: unknown key `sectors` in `covers`; did you mean `sector`?"
            ]),
        .init(
            "a mode that is none", "targets.yaml", "covers: {sector: shop}", "mode: dry-run",
            [
                "bad-value targets.yaml:9:11: error: `mode` must be one of `enforce` and `report`, not `dry-run`"
            ]),
        .init(
            "no requests a second", "targets.yaml", "covers: {sector: shop}", "limits: {requests_per_second: 0}",
            [
                "out-of-range targets.yaml:9:35: error: `requests_per_second` must be above 0, at most 100000"
            ]),
        .init(
            "too many at once", "targets.yaml", "covers: {sector: shop}", "limits: {concurrency: 0}",
            [
                "out-of-range targets.yaml:9:27: error: `concurrency` must be from 1 to 1024"
            ]),
        .init(
            "a target without a connector", "targets.yaml", "    connector: short\n", "",
            [
                "missing-key targets.yaml:7:5: error: a target needs the key `connector`"
            ]),
        .init(
            "a rule with an unknown target", "birthright.yaml", "accounts: [corp]", "accounts: [crop]",
            [
                "unknown-target birthright.yaml:4:16: error: there is no target `crop`; did you mean `corp`?"
            ]),
        .init(
            "a rule with an unknown attribute", "birthright.yaml", "department: Engineering",
            "departement: Engineering",
            [
                "unknown-attribute birthright.yaml:6:13: error: a person has no attribute `departement` to match; did you mean `department`?"
            ]),
        .init(
            "a rule with an unknown type", "birthright.yaml", "[employee, contractor]", "[employee, freelancer]",
            [
                "bad-value birthright.yaml:6:55: error: `type` must be one of `employee`, `contractor`, `external` and `service`, not `freelancer`"
            ]),
        .init(
            "a rule twice", "birthright.yaml", "name: engineers", "name: everyone",
            [
                "duplicate-name birthright.yaml:5:11: error: the rule `everyone` is named twice; give each a name of its own"
            ]),
        .init(
            "a rule without a match", "birthright.yaml", "    match: {}\n", "",
            [
                "missing-key birthright.yaml:2:5: error: a birthright rule needs the key `match`"
            ]),
        .init(
            "a rule that gives nothing", "birthright.yaml", "    accounts: [corp]\n", "",
            [
                "missing-key birthright.yaml:2:5: error: a birthright rule needs `accounts` or `groups`, or it gives nothing"
            ]),
        .init(
            "a baseline group with a tenant's name", "birthright.yaml", "name: engineering}", "name: cart-live-admins}",
            [
                "slug-collision birthright.yaml:5:11: error: the baseline group `cart-live-admins` in target `corp` is Group(\"cart\", \"live\", \"admin\"); a birthright rule gives no tenant's access; choose another name"
            ]),
        .init(
            "a baseline group with a line in it", "birthright.yaml", "name: engineering}", "name: \"engi\\nneering\"}",
            [
                "bad-value birthright.yaml:7:35: error: `name` holds a character that cannot be shown; write plain text"
            ]),
        .init(
            "a match without values", "birthright.yaml", "[employee, contractor]", "[]",
            [
                "empty-list birthright.yaml:6:44: error: `type` must hold at least one entry"
            ]),
    ]
}
