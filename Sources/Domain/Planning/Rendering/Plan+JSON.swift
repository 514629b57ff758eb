import AccessModel
import StrictJSON

extension Plan {
    /// `{"hash", "held", "blast_radius", "changes": [...], "definitions_revision", "planned_at", "notes"}`; a change on a
    /// target that is only reported on also says `"reported_only": true`.
    public var json: JSONValue {
        [
            "hash": .string(hash), "held": .bool(isHeld), "blast_radius": blastRadius.json,
            "changes": .array(changes.map(json(of:))), "definitions_revision": .string(definitionsRevision),
            "planned_at": .string(plannedAt.description), "notes": .array(notes.map(\.json)),
        ]
    }

    private func json(of change: Change) -> JSONValue {
        guard isReportedOnly(change), var object = change.json.object else { return change.json }
        object["reported_only"] = true
        return .object(object)
    }
}

extension BlastRadius {
    public var json: JSONValue {
        func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
        return [
            "identities": number(identities), "groups": number(groups), "targets": number(targets),
            "adds": number(adds), "removes": number(removes), "updates": number(updates), "score": number(score),
            "last_admin_losses": .array(lastAdminLosses.map(JSONValue.string)),
        ]
    }
}

extension PlanNote {
    /// `{"severity", "code", "message"}`, and `file`, `line`, `column` where it is about a place.
    public var json: JSONValue {
        var object = JSONObject()
        object["severity"] = .string(severity.rawValue)
        object["code"] = .string(code)
        object["message"] = .string(message)
        if let place {
            object["file"] = .string(place.file)
            object["line"] = .integer(Int64(place.line))
            object["column"] = .integer(Int64(place.column))
        }
        return .object(object)
    }
}

extension WhoAnswer {
    /// `{"group", "slug", "at", "members": [{"identity", "email", "causes", "until"}]}`.
    public var json: JSONValue {
        [
            "group": .string(group.description), "slug": .string(slug), "at": .string(at.description),
            "members": .array(members.map(\.json)),
        ]
    }
}

extension WhoAnswer.Member {
    public var json: JSONValue {
        [
            "identity": .string(identity.description), "email": email.map { .string($0.text) } ?? .null,
            "causes": .array(causes.map(\.json)), "until": until.map { .string($0.description) } ?? .null,
        ]
    }
}
