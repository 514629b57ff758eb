import AccessModel

/// How a change reads in one line.
struct ChangeWords {
    let change: Change
    /// Whether it is shown and never made.
    var isReportedOnly = false

    var symbol: String {
        switch change.operation {
        case .add: "+"
        case .remove: "-"
        case .update: "~"
        }
    }

    /// Under what it is listed: whom it concerns, or that it concerns groups as a whole.
    var subject: String {
        change.identity.map { "\($0)" } ?? (change.fact.kind == .group ? "groups" : "roles and trusts")
    }

    /// What a reader knows the identity by, where its id does not say it.
    var name: String? {
        guard case .person = change.identity else { return nil }
        return switch change.fact {
        case .account(let account): account.name
        case .membership(let membership): membership.account
        default: nil
        }
    }

    var kind: String {
        switch change.fact.kind {
        case .roleAssignment: "role"
        case .federatedTrust: "trust"
        default: change.fact.kind.rawValue
        }
    }

    /// What is added, removed or made different.
    var object: String {
        switch change.fact {
        case .account(let account): words(of: account)
        case .group(let group): group.slug
        case .membership(let membership): membership.group
        case .roleAssignment(let role): "\(role.group) is \(role.role) of \(role.scope)"
        case .federatedTrust(let trust): "\(trust.group) trusts \(trust.subject) of \(trust.issuer)"
        case .eligibility(let eligibility): eligibility.group
        case .credential(let credential): credential.id
        case .session(let session): session.id
        }
    }

    private func words(of account: Account) -> String {
        guard change.operation == .update, case .account(let before) = change.before else {
            return account.name + (account.state == .disabled ? " (disabled)" : "")
        }
        var parts: [String] = []
        if case .foreign(let name) = before.identity { parts.append("takes over `\(name)`") }
        if before.state != account.state { parts.append("\(before.state.rawValue) -> \(account.state.rawValue)") }
        func compare(_ what: String, _ old: String?, _ new: String?) {
            if let old, let new, old != new { parts.append("\(what) \(old) -> \(new)") }
        }
        if foldedASCII(before.name) != foldedASCII(account.name) { compare("name", before.name, account.name) }
        compare("given name", before.givenName, account.givenName)
        compare("family name", before.familyName, account.familyName)
        compare("department", before.department, account.department)
        compare("title", before.title, account.title)
        if !before.ends(as: account.end) { compare("last day", words(of: before.end), words(of: account.end)) }
        return parts.isEmpty ? account.name : "\(account.name): \(parts.joined(separator: ", "))"
    }

    private func words(of end: Account.End?) -> String {
        if case .after(let day)? = end { day.description } else { "none" }
    }

    /// The causes, at most two of them.
    var why: String {
        let shown = change.causes.prefix(2).map(\.description).joined(separator: "; ")
        return change.causes.count > 2 ? "\(shown); and \(change.causes.count - 2) more" : shown
    }

    /// What else there is to say of it.
    var marks: String {
        var marks: [String] = []
        if isReportedOnly { marks.append("reported only") }
        if change.isHeld { marks.append("held") }
        if !change.after.isEmpty { marks.append("after the new access") }
        return marks.isEmpty ? "" : " [\(marks.joined(separator: ", "))]"
    }
}

extension Plan {
    /// `12 to add, 3 to remove, 1 to update; 2 held; 1 reported only`.
    public var summary: String {
        guard !changes.isEmpty else { return "nothing to do" }
        let held = changes.count(where: \.isHeld)
        let counts = "\(blastRadius.adds) to add, \(blastRadius.removes) to remove, \(blastRadius.updates) to update"
        let reported = changes.count(where: isReportedOnly)
        return counts + (held == 0 ? "" : "; \(held) held") + (reported == 0 ? "" : "; \(reported) reported only")
    }

    /// `2 people and workloads, 3 groups, 1 target; score 44`.
    var reach: String {
        func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }
        return [
            count(blastRadius.identities, "identity", "identities"), count(blastRadius.groups, "group", "groups"),
            count(blastRadius.targets, "target", "targets"),
        ].joined(separator: ", ") + "; score \(blastRadius.score)"
    }
}

/// What of a file's or a target's text must not reach a terminal or a page as it is: control characters.
public func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control || $0.isBidirectional })
    else {
        return text
    }
    var safe = ""
    for scalar in text.unicodeScalars {
        if scalar.properties.generalCategory == .control || scalar.isBidirectional {
            safe += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
            safe.unicodeScalars.append(scalar)
        }
    }
    return safe
}

extension Unicode.Scalar {
    /// Marks that turn the direction of what follows, and so can show a text as another.
    fileprivate var isBidirectional: Bool {
        (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value) || value == 0x200E || value == 0x200F
    }
}
