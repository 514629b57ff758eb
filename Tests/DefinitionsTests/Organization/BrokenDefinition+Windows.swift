extension BrokenDefinition {
    /// Just-in-time rules, wherever they stand.
    static let windows: [BrokenDefinition] = [
        .init(
            "a window longer than the ceiling", "tenants/cart.yaml", "max_duration_hours: 2", "max_duration_hours: 13",
            [
                "above-ceiling tenants/cart.yaml:15:58: error: `max_duration_hours` is 13h, above the platform's ceiling of 12h"
            ]),
        .init(
            "a default longer than the ceiling", "platform.yaml", "max_duration_hours: 4", "max_duration_hours: 24",
            [
                "above-ceiling platform.yaml:15:58: error: `max_duration_hours` is 1d, above the platform's ceiling of 12h"
            ]),
        .init(
            "a window of no length", "tenants/cart.yaml", "max_duration_hours: 2", "max_duration_hours: 0",
            [
                "out-of-range tenants/cart.yaml:15:58: error: `max_duration_hours` must be a positive number of hours, at most 8784 (a year)"
            ]),
        .init(
            "a window of negative length", "tenants/cart.yaml", "max_duration_hours: 2", "max_duration_hours: -2",
            [
                "out-of-range tenants/cart.yaml:15:58: error: `max_duration_hours` must be a positive number of hours, at most 8784 (a year)"
            ]),
        .init(
            "a window as a duration", "tenants/cart.yaml", "max_duration_hours: 2", "max_duration_hours: 2h",
            [
                "wrong-type tenants/cart.yaml:15:58: error: `max_duration_hours` must be a number, without quotes"
            ]),
        .init(
            "an approval that is none", "tenants/cart.yaml", "approval: peer", "approval: two_party",
            [
                "bad-value tenants/cart.yaml:15:32: error: `approval` must be one of `self`, `peer` and `two-party`, not `two_party`; did you mean `two-party`?"
            ]),
        .init(
            "a reason switched off in live", "tenants/cart.yaml", "approval: peer", "justification_required: false",
            [
                "override-too-loose tenants/cart.yaml:15:46: error: a window in a live tier always needs a reason; leave this out or write `true`"
            ]),
        .init(
            "a reason switched off in live by default", "platform.yaml", "approval: self",
            "justification_required: false",
            [
                "override-too-loose platform.yaml:15:46: error: a window in a live tier always needs a reason; leave this out or write `true`"
            ]),
        .init(
            "approval below the default in live", "tenants/cart.yaml",
            "live_contributor: {approval: peer, max_duration_hours: 2}\ncompliance: pci-dss",
            "live_admin: {approval: self}",
            [
                "override-too-loose tenants/cart.yaml:15:26: error: approval in a live tier cannot fall below the default `peer`; write that or stricter"
            ]),
        .init(
            "approval below what compliance asks", "tenants/cart.yaml", "live_contributor: {approval: peer",
            "live_admin: {approval: peer",
            [
                "below-compliance-floor tenants/cart.yaml:15:26: error: compliance asks for the approval `two-party`; write that or stricter",
                "below-compliance-floor tenants/cart.yaml:15:52: error: compliance allows windows of at most 1h; write that or less",
            ]),
        .init(
            "compliance of a built-in regime", "tenants/cart.yaml",
            "live_contributor: {approval: peer, max_duration_hours: 2}\ncompliance: pci-dss",
            "live_admin: {max_duration_hours: 1.5}\ncompliance: [hipaa]",
            [
                "below-compliance-floor tenants/cart.yaml:15:36: error: compliance allows windows of at most 1h; write that or less"
            ]),
        .init(
            "a window for readers", "tenants/cart.yaml", "live_contributor:", "live_reader:",
            [
                "bad-jit-key tenants/cart.yaml:15:3: error: `live_reader` is not `TIER_ROLE`; only contributor and admin have windows, as in `live_contributor`"
            ]),
        .init(
            "a window without a role", "tenants/cart.yaml", "live_contributor:", "live:",
            [
                "bad-jit-key tenants/cart.yaml:15:3: error: `live` is not `TIER_ROLE`; only contributor and admin have windows, as in `live_contributor`"
            ]),
        .init(
            "a window in an unknown tier", "tenants/cart.yaml", "live_contributor:", "life_contributor:",
            [
                "unknown-tier tenants/cart.yaml:15:3: error: there is no tier `life`; did you mean `live`?"
            ]),
        .init(
            "a default in an unknown tier", "platform.yaml", "live_contributor:", "prod_contributor:",
            [
                "unknown-tier platform.yaml:15:3: error: there is no tier `prod`; known are `sandbox` and `live`"
            ]),
        .init(
            "the security team loosened", "core-iam.yaml", "jit: {max_duration_hours: 1}", "jit: {approval: peer}",
            [
                "override-too-loose core-iam.yaml:14:77: error: approval in a live tier cannot fall below the default `two-party`; write that or stricter"
            ]),
        .init(
            "an unknown key in a window", "tenants/cart.yaml", "{approval: peer,", "{approvers: 2,",
            [
                "unknown-key tenants/cart.yaml:15:22: error: unknown key `approvers` in a just-in-time rule; known keys are `approval`, `max_duration_hours` and `justification_required`"
            ]),
    ]
}
