import AccessModel

extension PersonDraft {
    /// What is wrong between the fields of one person.
    func faults(rules: FeedRules) -> [(PersonField, FieldFault)] {
        var faults: [(PersonField, FieldFault)] = []
        if let kind, kind.needsEndDate, end == nil {
            faults.append((.endDate, FieldFault(code: "end-required", message: kind.endRequired)))
        }
        if let start, let end, end.day < start.day {
            let message = "the last day, \(end), is before the start, \(start)"
            faults.append((.endDate, FieldFault(code: "end-before-start", message: message)))
        }
        if let id, manager == id {
            let message = "`\(id)` cannot be the manager of `\(id)`; leave it empty for nobody"
            faults.append((.manager, FieldFault(code: "own-manager", message: message)))
        }
        if let kind {
            if let email, let fault = rules.fault(email, of: kind) { faults.append((.email, fault)) }
            for alias in aliases {
                if let fault = rules.fault(alias, of: kind) { faults.append((.aliases, fault)) }
            }
        }
        return faults
    }
}

extension FeedRules {
    func fault(_ address: EmailAddress, of kind: Person.Kind) -> FieldFault? {
        guard !allows(address, of: kind) else { return nil }
        let own = (domains ?? []).sorted().map { "`\($0)`" }.joined(separator: ", ")
        let message =
            "`\(address)` is not in a domain of the organisation (\(own)); only a person of type `external` may have "
            + "such an address"
        return FieldFault(code: "foreign-domain", message: message)
    }
}

extension Person.Kind {
    /// Contractors and externals are here for a time.
    var needsEndDate: Bool { self == .contractor || self == .external }

    var endRequired: String { "a person of type `\(rawValue)` needs an `end_date`, the last day" }
}
