extension BrokenDefinition {
    /// `platform.yaml`.
    static let platform: [BrokenDefinition] = [
        .init(
            "no organisation", "platform.yaml", "organization: acme\n", "",
            [
                "missing-key platform.yaml:1:1: error: platform.yaml needs the key `organization`"
            ]),
        .init(
            "a key that is nearly right", "platform.yaml", "regions:", "region:",
            [
                "unknown-key platform.yaml:11:1: error: unknown key `region` in platform.yaml; did you mean `regions`?"
            ]),
        .init(
            "a key that is far off", "platform.yaml", "regions:\n  - {name: eu01}\n", "weather: fine\n",
            [
                "unknown-key platform.yaml:11:1: error: unknown key `weather` in platform.yaml; known keys are `organization`, `domains`, `sectors`, `tiers`, `regions`, `naming`, `jit`, `compliance`, `ceilings`, `guards`, `mover`, `break_glass`, `timezone`, `retention` and `separation_of_duties`"
            ]),
        .init(
            "an organisation outside the grammar", "platform.yaml", "organization: acme", "organization: Acme Inc",
            [
                "bad-slug platform.yaml:1:15: error: `organization` must be of a-z, 0-9 and `-`, begin with a letter, not end with `-`, and have at most 63 characters; `Acme Inc` does not"
            ]),
        .init(
            "an empty organisation", "platform.yaml", "organization: acme", "organization:",
            [
                "empty-value platform.yaml:1:14: error: `organization` is empty; it must be a name"
            ]),
        .init(
            "a domain that is none", "platform.yaml", "[acme.example]", "[acme]",
            [
                "bad-domain platform.yaml:2:11: error: `acme` is no domain; write one such as `mountainlab.io`"
            ]),
        .init(
            "domains as text", "platform.yaml", "domains: [acme.example]", "domains: acme.example",
            [
                "wrong-type platform.yaml:2:10: error: `domains` must be a list, not text"
            ]),
        .init(
            "no domain", "platform.yaml", "[acme.example]", "[]",
            [
                "empty-list platform.yaml:2:10: error: `domains` must hold at least one entry"
            ]),
        .init(
            "a domain twice", "platform.yaml", "[acme.example]", "[acme.example, ACME.example]",
            [
                "duplicate-name platform.yaml:2:25: error: the domain `ACME.example` is named twice; keep one"
            ]),
        .init(
            "a sector twice", "platform.yaml", "- {name: shop}", "- {name: shop}\n  - {name: shop}",
            [
                "duplicate-name platform.yaml:7:12: error: the sector `shop` is named twice; keep one"
            ]),
        .init(
            "a sector with an unknown tier", "platform.yaml", "tiers: [sandbox]", "tiers: [sandpit]",
            [
                "unknown-tier platform.yaml:7:25: error: there is no tier `sandpit`; known are `sandbox` and `live`"
            ]),
        .init(
            "core as a word", "platform.yaml", "{name: platform, core: true}", "{name: platform, core: yes}",
            [
                "wrong-type platform.yaml:4:28: error: `core` must be `true` or `false`, without quotes"
            ]),
        .init(
            "core in quotes", "platform.yaml", "{name: platform, core: true}", "{name: platform, core: \"true\"}",
            [
                "wrong-type platform.yaml:4:28: error: `core` must be `true` or `false`, without quotes"
            ]),
        .init(
            "a tier twice", "platform.yaml", "- {name: sandbox}", "- {name: sandbox}\n  - {name: sandbox}",
            [
                "duplicate-name platform.yaml:10:12: error: the tier `sandbox` is named twice; keep one"
            ]),
        .init(
            "a tier that is no mapping", "platform.yaml", "- {name: sandbox}", "- {name: sandbox}\n  - dev",
            [
                "wrong-type platform.yaml:10:5: error: a tier must be a mapping (`key: value`), not text"
            ]),
        .init(
            "a region with a point", "platform.yaml", "eu01", "eu.01",
            [
                "bad-slug platform.yaml:12:12: error: `name` must be of a-z, 0-9 and `-`, begin with a letter, not end with `-`, and have at most 63 characters; `eu.01` does not"
            ]),
        .init(
            "a template without a tier", "platform.yaml", "{tenant}-{tier}-{roles}", "{tenant}-{roles}",
            [
                "bad-template platform.yaml:13:17: error: the template must hold `{tenant}`, `{tier}` and `{role}` or `{roles}`, or groups would share a name"
            ]),
        .init(
            "a template without a role", "platform.yaml", "{tenant}-{tier}-{roles}", "{tenant}-{tier}",
            [
                "bad-template platform.yaml:13:17: error: the template must hold `{tenant}`, `{tier}` and `{role}` or `{roles}`, or groups would share a name"
            ]),
        .init(
            "a template with an unknown placeholder", "platform.yaml", "{tenant}-{tier}-{roles}",
            "{tenant}-{tier}-{rolle}",
            [
                "bad-template platform.yaml:13:17: error: there is no placeholder `{rolle}`; known are `{tenant}`, `{tier}`, `{role}` and `{roles}`"
            ]),
        .init(
            "a template with an open brace", "platform.yaml", "{tenant}-{tier}-{roles}", "{tenant}-{tier}-{roles",
            [
                "bad-template platform.yaml:13:17: error: the template opens a `{` that it does not close"
            ]),
        .init(
            "a template with a space", "platform.yaml", "{tenant}-{tier}-{roles}", "{tenant} {tier} {roles}",
            [
                "bad-template platform.yaml:13:17: error: the template may hold letters, digits, `-`, `_`, `.` and placeholders, not ` `"
            ]),
        .init(
            "a percentage above 100", "platform.yaml", "max_removals_percent: 5", "max_removals_percent: 101",
            [
                "out-of-range platform.yaml:17:32: error: `max_removals_percent` must be from 0 to 100"
            ]),
        .init(
            "a negative number of people", "platform.yaml", "max_removals_people: 10", "max_removals_people: -1",
            [
                "out-of-range platform.yaml:17:56: error: `max_removals_people` must be from 0 to 1000000"
            ]),
        .init(
            "a number with a fraction for people", "platform.yaml", "max_removals_people: 10",
            "max_removals_people: 1.5",
            [
                "wrong-type platform.yaml:17:56: error: `max_removals_people` must be a whole number, without quotes"
            ]),
        .init(
            "an octal number", "platform.yaml", "max_removals_people: 10", "max_removals_people: 010",
            [
                "wrong-type platform.yaml:17:56: error: `max_removals_people` must be a whole number, without quotes"
            ]),
        .init(
            "a number in quotes", "platform.yaml", "max_removals_people: 10", "max_removals_people: \"10\"",
            [
                "wrong-type platform.yaml:17:56: error: `max_removals_people` must be a whole number, without quotes"
            ]),
        .init(
            "no leaver in an hour", "platform.yaml", "max_removals_people: 10", "max_leavers_per_hour: 0",
            [
                "out-of-range platform.yaml:17:57: error: `max_leavers_per_hour` must be from 1 to 1000000"
            ]),
        .init(
            "a duration without a unit", "platform.yaml", "disabled_accounts: 30d", "disabled_accounts: 30",
            [
                "bad-duration platform.yaml:20:32: error: `disabled_accounts` must be a duration such as `30m`, `4h`, `30d` or `PT4H`, not `30`"
            ]),
        .init(
            "a duration in months", "platform.yaml", "disabled_accounts: 30d", "disabled_accounts: P1M",
            [
                "bad-duration platform.yaml:20:32: error: `disabled_accounts` must be a duration such as `30m`, `4h`, `30d` or `PT4H`, not `P1M`"
            ]),
        .init(
            "a zone that is none", "platform.yaml", "timezone: UTC", "timezone: Europe/Atlantis",
            [
                "bad-timezone platform.yaml:19:11: error: `timezone` must be an IANA name such as `Europe/Madrid` or `UTC`, not `Europe/Atlantis`"
            ]),
        .init(
            "a zone that is a path", "platform.yaml", "timezone: UTC", "timezone: ../../etc/passwd",
            [
                "bad-timezone platform.yaml:19:11: error: `timezone` must be an IANA name such as `Europe/Madrid` or `UTC`, not `../../etc/passwd`"
            ]),
        .init(
            "an offset for a zone", "platform.yaml", "timezone: UTC", "timezone: \"+02:00\"",
            [
                "bad-timezone platform.yaml:19:11: error: `timezone` must be an IANA name such as `Europe/Madrid` or `UTC`, not `+02:00`"
            ]),
        .init(
            "nobody to break the glass", "platform.yaml", "{people: [ada@acme.example]}", "{max_duration_hours: 1}",
            [
                "missing-key platform.yaml:18:14: error: `break_glass` needs the key `people`"
            ]),
        .init(
            "a group that breaks the glass", "platform.yaml", "people: [ada@acme.example]", "people: [admins]",
            [
                "nested-group platform.yaml:18:24: error: `admins` is not a person's e-mail address; list individuals, never a group, so that the files say who has access"
            ]),
        .init(
            "somebody twice at the glass", "platform.yaml", "[ada@acme.example]",
            "[ada@acme.example, Ada@acme.example]",
            [
                "duplicate-person platform.yaml:18:42: error: `Ada@acme.example` stands in `people` already, in line 18; keep one"
            ]),
    ]
}
