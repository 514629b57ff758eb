import AccessModel
import StrictJSON

extension HREventReader {
    /// When the event counts, if `data` says so.
    mutating func readEffective(_ data: JSONValue?) -> Instant? {
        guard let value = data?["effective"], value != .null else { return nil }
        guard let text = value.string else {
            add("wrong-type", ["data", "effective"], "expected a time, found \(value.kindName)")
            return nil
        }
        return instant(text, ["data", "effective"])
    }

    /// What changed, once it is known to fit the kind of event.
    mutating func readPerson(_ data: JSONValue?, kind: HREvent.Kind, id: PersonID) -> [PersonAttribute] {
        var attributes: [PersonAttribute] = []
        var names: [String] = []
        switch data {
        case nil, .null?: break
        case .object(let object)?:
            for name in object.names where !["effective", "person"].contains(name) {
                add("unknown-member", ["data", name], "it is not known here; expected `effective` and `person`")
            }
            attributes = readAttributes(object["person"], id: id)
            names = object["person"]?.object?.names ?? []
        case let value?: add("wrong-type", ["data"], "expected an object, found \(value.kindName)")
        }
        check(attributes, given: Set(names.compactMap { PersonField(rawValue: $0) }), kind: kind, id: id)
        return attributes
    }

    private mutating func readAttributes(_ value: JSONValue?, id: PersonID) -> [PersonAttribute] {
        guard let value, value != .null else { return [] }
        guard case .object(let object) = value else {
            add("wrong-type", ["data", "person"], "expected an object, found \(value.kindName)")
            return []
        }
        var attributes: [PersonAttribute] = []
        for member in object.members {
            let path = ["data", "person", member.name]
            guard let field = PersonField(rawValue: member.name) else {
                let names = PersonField.header.joined(separator: ", ")
                add("unknown-member", path, "it is not known here; a person has \(names)")
                continue
            }
            // A status that no feed can state is still the name of what a `compromised` event reports.
            if field == .status, member.value == .string(Person.Status.compromised.rawValue) {
                attributes.append(.status(.compromised))
                continue
            }
            switch field.read(member.value) {
            case .success(.id(let other)):
                if other != id { add("other-person", path, "`\(other)` is not the subject, `\(id)`") }
            case .success(let attribute): attributes.append(attribute)
            case .failure(let fault): add(fault.code, path, fault.message)
            }
        }
        return attributes
    }

    /// `given` are the fields that the event has, good or bad.
    private mutating func check(
        _ attributes: [PersonAttribute], given: Set<PersonField>, kind: HREvent.Kind, id: PersonID
    ) {
        func path(_ field: PersonField) -> [String] { ["data", "person", field.rawValue] }
        for field in kind.required where !given.contains(field) {
            add("missing-value", path(field), "a `\(kind.rawValue)` event needs it")
        }
        if kind == .moved, given.subtracting([.status, .id]).isEmpty {
            add("nothing-changed", ["data", "person"], "a `moved` event says what changed, such as `department`")
        }
        var draft = PersonDraft()
        draft.id = id
        for attribute in attributes {
            draft.apply(attribute)
            checkStatus(attribute, kind: kind)
            if kind == .extended, attribute == .endDate(nil) {
                add("missing-value", path(.endDate), "an `extended` event needs the new last day")
            }
        }
        // Only a joined event says all; of the others what they leave out is known elsewhere.
        for (field, fault) in draft.faults(rules: rules) where given.contains(field) || kind == .joined {
            add(fault.code, path(field), fault.message)
        }
    }

    private mutating func checkStatus(_ attribute: PersonAttribute, kind: HREvent.Kind) {
        guard case .status(let status) = attribute, !kind.statuses.contains(status) else { return }
        let path = ["data", "person", "status"]
        if kind.statuses.isEmpty {
            let kinds = "`suspended`, `returned`, `left` or `rehired`"
            add("status-conflict", path, "a `\(kind.rawValue)` event does not change it; send \(kinds)")
        } else {
            let expected = kind.statuses.map { "`\($0.rawValue)`" }.joined(separator: " or ")
            add("status-conflict", path, "`\(status.rawValue)` in a `\(kind.rawValue)` event; expected \(expected)")
        }
    }
}

extension HREvent.Kind {
    /// Fields that it cannot do without.
    var required: [PersonField] {
        switch self {
        case .joined: [.email, .givenName, .familyName, .kind]
        case .extended: [.endDate]
        case .moved, .left, .rehired, .suspended, .returned, .compromised: []
        }
    }

    /// What `status` may say in it.
    var statuses: [Person.Status] {
        switch self {
        case .joined: [.active, .suspended]
        case .rehired, .returned: [.active]
        case .left: [.left]
        case .suspended: [.suspended]
        case .compromised: [.compromised]
        case .moved, .extended: []
        }
    }
}
