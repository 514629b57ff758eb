import AccessModel

extension HREvent {
    /// What is wrong with the event in the light of what is known; one with an error among them is refused and changes
    /// nothing. `timeline` is what HR said of its person before, `roster` everybody as of now.
    public func problems(against timeline: PersonTimeline?, roster: Roster, rules: FeedRules) -> [FeedProblem] {
        var problems: [FeedProblem] = []
        let now = roster[person]
        func add(_ severity: Diagnostic.Severity, _ code: String, _ field: PersonField?, _ message: String) {
            problems.append(
                FeedProblem(
                    severity: severity, code: code, field: field.map { "data.person.\($0.rawValue)" }, message: message)
            )
        }
        if timeline == nil, kind != .joined {
            add(.warning, "unknown-person", nil, "HR has not named `\(person)` yet; the event counts once it has")
        }
        if kind == .joined, let now, now.presence == .left || now.presence == .compromised {
            let message = "`\(person)` left or was compromised; `joined` does not bring anybody back, `rehired` does"
            add(.warning, "joined-after-leaving", nil, message)
        }
        for attribute in attributes {
            if case .manager(let manager?) = attribute, roster[manager] == nil {
                add(.warning, "unknown-manager", .manager, "HR has not named `\(manager)`; it stands as written")
            }
            for address in attribute.addresses {
                for other in roster.bearers(of: address) where other.person.id != person && other.presence != .left {
                    let message = "`\(address)` is `\(other.person.id)`'s and would be `\(person)`'s too"
                    add(.error, "shared-address", attribute.field, message)
                }
                if let kind = statedKind ?? now?.person.kind, let fault = rules.fault(address, of: kind) {
                    add(.error, fault.code, attribute.field, fault.message)
                }
            }
        }
        return problems
    }

    private var statedKind: Person.Kind? {
        for case .kind(let kind) in attributes { return kind }
        return nil
    }
}

extension PersonAttribute {
    fileprivate var addresses: [EmailAddress] {
        switch self {
        case .email(let address): [address]
        case .aliases(let addresses): addresses
        default: []
        }
    }
}
