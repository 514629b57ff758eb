import AccessModel

extension HREvent {
    /// What is wrong with the event in the light of what is known; one with an error among them is refused and changes
    /// nothing. `timeline` is what HR said of its person before, `roster` everybody as of now, `text` the event as it was
    /// sent, in which problems have their places.
    public func problems(
        against timeline: PersonTimeline?, roster: Roster, rules: FeedRules, in text: [UInt8]
    ) -> [FeedProblem] {
        var problems: [FeedProblem] = []
        let now = roster[person]
        let locator = JSONLocator(text)
        func add(_ severity: Diagnostic.Severity, _ code: String, at steps: [JSONLocator.Step], _ message: String) {
            let place = locator.place(of: steps)
            problems.append(
                FeedProblem(
                    severity: severity, code: code, line: place.line, column: place.column,
                    field: steps.compactMap(\.memberName).joined(separator: "."), message: message))
        }
        if timeline == nil, kind != .joined {
            add(
                .warning, "unknown-person", at: [.member("subject")],
                "HR has not named `\(person)` yet; the event counts once it has")
        }
        if kind == .joined, let now, now.presence == .left || now.presence == .compromised {
            let message = "`\(person)` left or was compromised; `joined` does not bring anybody back, `rehired` does"
            add(.warning, "joined-after-leaving", at: [.member("type")], message)
        }
        for attribute in attributes {
            if case .manager(let manager?) = attribute, roster[manager] == nil {
                let message = "HR has not named `\(manager)`; it stands as written"
                add(.warning, "unknown-manager", at: steps(.manager), message)
            }
            for address in attribute.addresses {
                let place = steps(attribute.field, address)
                for other in roster.bearers(of: address) where other.person.id != person && other.presence != .left {
                    // Said again, it makes nothing worse than it is.
                    let isNew = now.map { !$0.person.addresses.contains(address) } ?? true
                    let message =
                        "`\(address)` is `\(other.person.id)`'s and \(isNew ? "would be " : "")`\(person)`'s too"
                    add(isNew ? .error : .warning, "shared-address", at: place, message)
                }
                if let kind = statedKind ?? now?.person.kind, let fault = rules.fault(address, of: kind) {
                    add(.error, fault.code, at: place, fault.message)
                }
            }
        }
        return problems.sorted()
    }

    /// Where an attribute stands in the event; of several aliases, the one that is meant.
    private func steps(_ field: PersonField, _ address: EmailAddress? = nil) -> [JSONLocator.Step] {
        let steps: [JSONLocator.Step] = [.member("data"), .member("person"), .member(field.rawValue)]
        let elements = document["data"]?["person"]?[field.rawValue]?.array ?? []
        let element = elements.firstIndex { $0.string.flatMap { EmailAddress($0) } == address }
        return steps + (element.map { [.element($0)] } ?? [])
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

extension JSONLocator.Step {
    fileprivate var memberName: String? { if case .member(let name) = self { name } else { nil } }
}
