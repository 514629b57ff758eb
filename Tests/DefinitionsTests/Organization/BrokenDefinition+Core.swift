extension BrokenDefinition {
    /// `core-iam.yaml`.
    static let core: [BrokenDefinition] = [
        .init(
            "a group of another name", "core-iam.yaml", "name: platform-live-admins", "name: platform-admins",
            [
                "group-name-mismatch core-iam.yaml:8:26: error: `platform-admins` must be `platform-live-admins`, as the naming template gives it"
            ]),
        .init(
            "a person as an operator", "core-iam.yaml", "type: non-human}",
            "type: non-human, members: [ada@acme.example]}",
            [
                "human-operator core-iam.yaml:7:69: error: no person is an operator; declare the runner or service under `workload_identity`"
            ]),
        .init(
            "an operator group of people", "core-iam.yaml", "type: non-human}", "type: human}",
            [
                "human-operator core-iam.yaml:7:58: error: no person is an operator; declare the runner or service under `workload_identity`"
            ]),
        .init(
            "workloads among readers", "core-iam.yaml", "standing: true,",
            "workload_identity: {issuer: \"https://ci.acme.example\", subject: a, audience: b},",
            [
                "workload-in-human-group core-iam.yaml:9:50: error: only an operator group holds workloads; declare it there"
            ]),
        .init(
            "a reader group of workloads", "core-iam.yaml", "standing: true,", "type: non-human,",
            [
                "group-type-mismatch core-iam.yaml:9:56: error: a group of role reader holds people; write `human`"
            ]),
        .init(
            "standing admins in live", "core-iam.yaml", "type: human, jit: {max_duration_hours: 1}", "standing: true",
            [
                "standing-write-in-live core-iam.yaml:14:58: error: nobody writes in the live tier `live` without a window; leave this out"
            ]),
        .init(
            "readers that do not stand", "core-iam.yaml", "standing: true,", "standing: false,",
            [
                "standing-role core-iam.yaml:9:60: error: readers always stand; write `true` or leave this out"
            ]),
        .init(
            "windows for readers in core", "core-iam.yaml", "standing: true,", "jit: {approval: self},",
            [
                "standing-role core-iam.yaml:9:50: error: a reader group has no windows; its readers stand"
            ]),
        .init(
            "eligible from nowhere", "core-iam.yaml", "eligible_from: platform-live-readers",
            "eligible_from: platform-live-reader",
            [
                "unknown-group core-iam.yaml:8:69: error: there is no group `platform-live-reader`; did you mean `platform-live-readers`?"
            ]),
        .init(
            "eligible from a group without them", "core-iam.yaml", "eligible_from: platform-live-readers",
            "eligible_from: security-live-admins",
            [
                "not-eligible core-iam.yaml:8:102: error: `ada@acme.example` is not in `security-live-admins`, from which this group's members come; add them there or leave them out here",
                "not-eligible core-iam.yaml:8:120: error: `bob@acme.example` is not in `security-live-admins`, from which this group's members come; add them there or leave them out here",
            ]),
        .init(
            "a sector that is not core", "core-iam.yaml", "- name: security", "- name: shop",
            [
                "not-core-sector core-iam.yaml:10:11: error: `shop` is no core sector; set `core: true` in platform.yaml, or define it under tenants/"
            ]),
        .init(
            "a core sector that is not there", "core-iam.yaml", "- name: security", "- name: securty",
            [
                "unknown-sector core-iam.yaml:10:11: error: there is no sector `securty`; did you mean `security`?"
            ]),
        .init(
            "a core sector twice", "core-iam.yaml", "- name: security", "- name: platform",
            [
                "duplicate-name core-iam.yaml:10:11: error: the sector `platform` is named twice; keep one"
            ]),
        .init(
            "an unknown core tier", "core-iam.yaml", "- name: live\n        groups:\n          operator",
            "- name: lives\n        groups:\n          operator",
            [
                "unknown-tier core-iam.yaml:5:15: error: there is no tier `lives`; did you mean `live`?"
            ]),
        .init(
            "a core group that is none", "core-iam.yaml", "readers: {name", "viewers: {name",
            [
                "unknown-key core-iam.yaml:9:11: error: unknown key `viewers` in `groups`; known keys are `operator`, `admins`, `contributors` and `readers`"
            ]),
        .init(
            "somebody twice in a core group", "core-iam.yaml", "[ada@acme.example, bob@acme.example]",
            "[ada@acme.example, bob@acme.example, ada@acme.example]",
            [
                "duplicate-person core-iam.yaml:8:139: error: `ada@acme.example` stands in `members` already, in line 8; keep one"
            ]),
        .init(
            "a group in a core group", "core-iam.yaml", "[eve@acme.example]", "[all-devs]",
            [
                "nested-group core-iam.yaml:9:76: error: `all-devs` is not a person's e-mail address; list individuals, never a group, so that the files say who has access"
            ]),
        .init(
            "an identity provider that is not there", "core-iam.yaml", "identity_provider: corp",
            "identity_provider: crop",
            [
                "unknown-target core-iam.yaml:1:20: error: there is no target `crop`; did you mean `corp`?"
            ]),
        .init(
            "an identity provider that is none", "core-iam.yaml", "identity_provider: corp", "identity_provider: store",
            [
                "not-identity-provider core-iam.yaml:1:20: error: the target `store` is no identity provider; set `identity_provider: true` there, or name another"
            ]),
        .init(
            "a tool that is none", "core-iam.yaml", "identity_provider: corp", "jit_tool: okta",
            [
                "bad-value core-iam.yaml:1:11: error: `jit_tool` must be one of `tenure`, `azure-pim`, `aws-identity-center`, `gcp-pam` and `teleport`, not `okta`"
            ]),
        .init(
            "a read of an unknown group", "core-iam.yaml", "{group: platform-live-readers",
            "{group: platform-live-readerz",
            [
                "unknown-group core-iam.yaml:16:13: error: there is no group `platform-live-readerz`; did you mean `platform-live-readers`?"
            ]),
        .init(
            "a read in an unknown sector", "core-iam.yaml", "target_sector: shop", "target_sector: shoe",
            [
                "unknown-sector core-iam.yaml:16:51: error: there is no sector `shoe`; did you mean `shop`?"
            ]),
        .init(
            "a read in a tier that the sector lacks", "core-iam.yaml", "target_sector: shop", "target_sector: lab",
            [
                "unknown-tier core-iam.yaml:16:69: error: no sector of this entry has the tier `live`; it has `sandbox`"
            ]),
        .init(
            "a read without a reason", "core-iam.yaml", ", reason: metrics", "",
            [
                "missing-key core-iam.yaml:16:5: error: a cross-sector read needs the key `reason`"
            ]),
        .init(
            "a read with an empty reason", "core-iam.yaml", "reason: metrics", "reason: \"\"",
            [
                "empty-value core-iam.yaml:16:84: error: `reason` is empty; it must be the reason for it"
            ]),
    ]
}
