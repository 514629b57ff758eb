extension BrokenDefinition {
    /// Files under `policies/`, and `separation_of_duties`.
    static let policies: [BrokenDefinition] = policyFiles + separations

    private static let policyFiles: [BrokenDefinition] = [
        .init(
            "a list in place of policies", "policies/p.yaml", text: "- name: quiet\n",
            [
                "wrong-type policies/p.yaml:1:1: error: a file of policies must be a mapping (`key: value`), not a list"
            ]),
        .init(
            "policies without the key", "policies/p.yaml", text: "polices: []\n",
            [
                "missing-key policies/p.yaml:1:1: error: a file of policies needs the key `policies`",
                "unknown-key policies/p.yaml:1:1: error: unknown key `polices` in a file of policies; did you mean `policies`?",
            ]),
        .init(
            "no policy in the list", "policies/p.yaml", text: "policies: []\n",
            [
                "empty-list policies/p.yaml:1:11: error: `policies` must hold at least one entry"
            ]),
        .init(
            "a policy without a name", "policies/p.yaml", text: "policies:\n  - on: [request]\n    deny: no\n",
            [
                "missing-key policies/p.yaml:2:5: error: a policy needs the key `name`"
            ]),
        .init(
            "a policy that is asked about nothing", "policies/p.yaml",
            text: "policies:\n  - name: quiet\n    deny: no\n",
            [
                "missing-key policies/p.yaml:2:5: error: a policy needs the key `on`"
            ]),
        .init(
            "a policy without an effect", "policies/p.yaml", text: "policies:\n  - name: quiet\n    on: [request]\n",
            [
                "missing-key policies/p.yaml:2:5: error: a policy needs an effect: one of `deny`, `require_approval`, `limit`, `require_justification`, `risk`, `warn`, `hold` and `opa`"
            ]),
        .init(
            "a misspelt key of a policy", "policies/p.yaml",
            text: "policies:\n  - name: quiet\n    on: [request]\n    denny: no\n    warn: yes\n",
            [
                "unknown-key policies/p.yaml:4:5: error: unknown key `denny` in a policy; did you mean `deny`?"
            ]),
        .init(
            "a policy that allows", "policies/p.yaml",
            text: "policies:\n  - name: quiet\n    on: [request]\n    allow: yes\n    warn: yes\n",
            [
                "allow-effect policies/p.yaml:4:5: error: a policy never allows what another forbids; leave this out, or narrow the other's `when`"
            ]),
        .init(
            "a name that is no slug", "policies/p.yaml",
            text: "policies:\n  - name: Quiet Hours\n    on: [request]\n    deny: no\n",
            [
                "bad-slug policies/p.yaml:2:11: error: `name` must be of a-z, 0-9 and `-`, begin with a letter, not end with `-`, and have at most 63 characters; `Quiet Hours` does not"
            ]),
        .init(
            "a name given twice", "policies/p.yaml",
            text: "policies:\n  - {name: quiet, on: request, deny: no}\n  - {name: quiet, on: request, deny: no}\n",
            [
                "duplicate-name policies/p.yaml:3:12: error: the policy `quiet` is named already at policies/p.yaml:2:12; names are unique"
            ]),
        .init(
            "a name of another file", "policies/z.yaml", text: "policies:\n  - {name: closed, on: request, deny: no}\n",
            [
                "duplicate-name policies/z.yaml:2:12: error: the policy `closed` is named already at policies/shop.yaml:2:11; names are unique"
            ]),
        .init(
            "a kind that is none", "policies/p.yaml", text: "policies:\n  - {name: quiet, on: requests, deny: no}\n",
            [
                "bad-value policies/p.yaml:2:23: error: `on` must be one of `change`, `request`, `approval`, `break-glass`, `review` and `person`, not `requests`; did you mean `request`?"
            ]),
        .init(
            "a kind given twice", "policies/p.yaml",
            text: "policies:\n  - {name: quiet, on: [request, request], deny: no}\n",
            [
                "duplicate-name policies/p.yaml:2:33: error: `request` is named twice; keep one"
            ]),
        .init(
            "a policy of a mode that is none", "policies/p.yaml",
            text: "policies:\n  - {name: quiet, on: request, mode: enforced, deny: no}\n",
            [
                "bad-value policies/p.yaml:2:38: error: `mode` must be one of `enforce` and `observe`, not `enforced`; did you mean `enforce`?"
            ]),
        .init(
            "an empty condition", "policies/p.yaml",
            text: "policies:\n  - {name: quiet, on: request, when: \"\", deny: no}\n",
            [
                "empty-value policies/p.yaml:2:38: error: `when` is empty; it must be an expression (CEL)"
            ]),
        .init(
            "a condition that is a list", "policies/p.yaml",
            text: "policies:\n  - {name: quiet, on: request, when: [a], deny: no}\n",
            [
                "wrong-type policies/p.yaml:2:38: error: `when` must be an expression (CEL), not a list"
            ]),
        .init(
            "an empty message", "policies/p.yaml", text: "policies:\n  - name: quiet\n    on: request\n    deny:\n",
            [
                "empty-value policies/p.yaml:4:10: error: `deny` is empty; it must be a message"
            ]),
        .init(
            "a limit without a unit", "policies/p.yaml", text: "policies:\n  - {name: quiet, on: request, limit: 2}\n",
            [
                "bad-duration policies/p.yaml:2:39: error: `limit` must be a duration such as `30m`, `4h`, `30d` or `PT4H`, not `2`"
            ]),
        .init(
            "a limit of nothing", "policies/p.yaml", text: "policies:\n  - {name: quiet, on: request, limit: 0h}\n",
            [
                "out-of-range policies/p.yaml:2:39: error: `limit` must be longer than nothing"
            ]),
        .init(
            "an approval from nobody", "policies/p.yaml",
            text: "policies:\n  - {name: quiet, on: request, require_approval: {count: 2}}\n",
            [
                "missing-key policies/p.yaml:2:50: error: `require_approval` needs the key `from`"
            ]),
        .init(
            "an approval from an empty list", "policies/p.yaml",
            text: "policies:\n  - {name: quiet, on: request, require_approval: {from: []}}\n",
            [
                "empty-list policies/p.yaml:2:57: error: `from` must hold at least one entry"
            ]),
        .init(
            "an approval of nobody", "policies/p.yaml",
            text: "policies:\n  - {name: quiet, on: request, require_approval: {from: approvers, count: 0}}\n",
            [
                "out-of-range policies/p.yaml:2:75: error: `count` must be from 1 to 10"
            ]),
        .init(
            "a misspelt key of an approval", "policies/p.yaml",
            text: "policies:\n  - {name: quiet, on: request, require_approval: {from: approvers, withn: 4h}}\n",
            [
                "unknown-key policies/p.yaml:2:68: error: unknown key `withn` in `require_approval`; did you mean `within`?"
            ]),
        .init(
            "an approver given twice", "policies/p.yaml",
            text:
                "policies:\n  - {name: quiet, on: request, require_approval: {from: [cart-live-admins, cart-live-admins]}}\n",
            [
                "duplicate-name policies/p.yaml:2:76: error: `cart-live-admins` is named twice; keep one"
            ]),
        .init(
            "a justification without a pattern", "policies/p.yaml",
            text: "policies:\n  - {name: quiet, on: request, require_justification: {message: why}}\n",
            [
                "missing-key policies/p.yaml:2:55: error: `require_justification` needs the key `pattern`"
            ]),
        .init(
            "an agent by http", "policies/p.yaml",
            text: "policies:\n  - {name: quiet, on: request, opa: {url: \"http://opa.acme.example\", path: a}}\n",
            [
                "bad-url policies/p.yaml:2:43: error: `url` must be an https address without user, query and wildcard, or http on 127.0.0.1 or localhost, not `http://opa.acme.example`"
            ]),
        .init(
            "an agent's path with a point", "policies/p.yaml",
            text: "policies:\n  - {name: quiet, on: request, opa: {url: \"https://opa.acme.example\", path: a.b}}\n",
            [
                "bad-value policies/p.yaml:2:77: error: `path` must be names with `/` between them, such as `tenure/allow`"
            ]),
        .init(
            "an agent that may take its time", "policies/p.yaml",
            text:
                "policies:\n  - {name: quiet, on: request, opa: {url: \"https://opa.acme.example\", path: a, deadline: 2m}}\n",
            [
                "out-of-range policies/p.yaml:2:90: error: `deadline` must be 30 seconds at most"
            ]),
        .init(
            "an answer that is kept for a day", "policies/p.yaml",
            text:
                "policies:\n  - {name: quiet, on: request, opa: {url: \"https://opa.acme.example\", path: a, cache: 1d}}\n",
            [
                "out-of-range policies/p.yaml:2:87: error: `cache` must be an hour at most"
            ]),
        .init(
            "a token in a policy", "policies/p.yaml",
            text:
                "policies:\n  - {name: quiet, on: request, opa: {url: \"https://opa.acme.example\", path: a, credential: hunter2}}\n",
            [
                "secret-value policies/p.yaml:2:92: error: a secret is a reference, never a value: `env:NAME`, `file:PATH`, `vault:PATH` or `aws-sm:NAME`"
            ]),
        .init(
            "an anchor in a policy", "policies/p.yaml",
            text: "policies:\n  - {name: quiet, on: request, deny: &no no}\n",
            [
                "anchor policies/p.yaml:2:38: error: anchors (`&name`) are refused; write the value out where it is needed"
            ]),
        .init(
            "a repeated key of a policy", "policies/p.yaml",
            text: "policies:\n  - {name: quiet, on: request, deny: no, deny: no}\n",
            [
                "duplicate-key policies/p.yaml:2:42: error: the key `deny` is given already in line 2; keep one"
            ]),
        .init(
            "a file of policies in capitals", "policies/Quiet.yaml", text: "policies: []\n",
            [
                "bad-path policies/Quiet.yaml:1:1: error: a file of policies is called `NAME.yaml`, and its cases `NAME.cases.yaml`, where NAME is of a-z, 0-9 and `-`, begins with a letter, does not end with `-`, and has at most 63 characters"
            ]),
        .init(
            "a file of policies of another extension", "policies/quiet.yml", text: "policies: []\n",
            [
                "bad-path policies/quiet.yml:1:1: error: a file of policies is called `NAME.yaml`, and its cases `NAME.cases.yaml`, where NAME is of a-z, 0-9 and `-`, begins with a letter, does not end with `-`, and has at most 63 characters"
            ]),
        .init(
            "a folder of policies", "policies/more/quiet.yaml", text: "policies: []\n",
            [
                "bad-path policies/more/quiet.yaml:1:1: error: `policies/` holds no folders; write `policies/NAME.yaml`"
            ]),
        .init(
            "cases without the key", "policies/p.cases.yaml", text: "case: []\n",
            [
                "missing-key policies/p.cases.yaml:1:1: error: a file of cases needs the key `cases`",
                "unknown-key policies/p.cases.yaml:1:1: error: unknown key `case` in a file of cases; did you mean `cases`?",
            ]),
        .init(
            "a case without an expectation", "policies/p.cases.yaml", text: "cases:\n  - {name: a, on: request}\n",
            [
                "missing-key policies/p.cases.yaml:2:5: error: a case needs the key `expect`"
            ]),
        .init(
            "a case with two names", "policies/p.cases.yaml",
            text:
                "cases:\n  - {name: a, on: request, expect: {verdict: denied}}\n  - {name: a, on: request, expect: {verdict: denied}}\n",
            [
                "duplicate-name policies/p.cases.yaml:3:12: error: the case `a` is named twice; give each a name of its own"
            ]),
        .init(
            "a verdict that is none", "policies/p.cases.yaml",
            text: "cases:\n  - {name: a, on: request, expect: {verdict: deny}}\n",
            [
                "bad-value policies/p.cases.yaml:2:46: error: `verdict` must be one of `allowed`, `denied` and `needs-approval`, not `deny`"
            ]),
        .init(
            "a misspelt key of an expectation", "policies/p.cases.yaml",
            text: "cases:\n  - {name: a, on: request, expect: {verdict: denied, bye: [x]}}\n",
            [
                "unknown-key policies/p.cases.yaml:2:54: error: unknown key `bye` in `expect`; did you mean `by`?"
            ]),
        .init(
            "an expected policy that is no name", "policies/p.cases.yaml",
            text: "cases:\n  - {name: a, on: request, expect: {verdict: denied, by: [No One]}}\n",
            [
                "bad-slug policies/p.cases.yaml:2:59: error: `by` must be of a-z, 0-9 and `-`, begin with a letter, not end with `-`, and have at most 63 characters; `No One` does not"
            ]),
        .init(
            "a window that is none", "policies/p.cases.yaml",
            text: "cases:\n  - {name: a, on: request, expect: {verdict: denied, window: long}}\n",
            [
                "bad-duration policies/p.cases.yaml:2:62: error: `window` must be a duration such as `30m`, `4h`, `30d` or `PT4H`, not `long`"
            ]),
    ]

    private static let separations: [BrokenDefinition] = [
        .init(
            "separation of one group", "platform.yaml", "timezone: UTC",
            "separation_of_duties: [{name: lone, groups: [cart-live-admins]}]",
            [
                "too-few-groups platform.yaml:19:45: error: a rule of separation needs two groups at least"
            ]),
        .init(
            "separation from a group that is not there", "platform.yaml", "timezone: UTC",
            "separation_of_duties: [{name: lone, groups: [cart-live-admins, cart-live-admin]}]",
            [
                "unknown-group platform.yaml:19:24: error: the rule `lone` names `cart-live-admin`, and there is no such group; did you mean `cart-live-admins`?"
            ]),
        .init(
            "separation of a group from itself", "platform.yaml", "timezone: UTC",
            "separation_of_duties: [{name: lone, groups: [cart-live-admins, cart-live-admins]}]",
            [
                "duplicate-name platform.yaml:19:64: error: the group `cart-live-admins` is named twice; keep one"
            ]),
        .init(
            "two separations of one name", "platform.yaml", "timezone: UTC",
            "separation_of_duties: [{name: lone, groups: [cart-live-admins, cart-live-readers]}, {name: lone, groups: [cart-live-admins, cart-live-readers]}]",
            [
                "duplicate-name platform.yaml:19:92: error: the rule of separation `lone` is named twice; keep one"
            ]),
        .init(
            "separation without a name", "platform.yaml", "timezone: UTC",
            "separation_of_duties: [{groups: [cart-live-admins, cart-live-readers]}]",
            [
                "missing-key platform.yaml:19:24: error: a rule of separation needs the key `name`"
            ]),
    ]
}
