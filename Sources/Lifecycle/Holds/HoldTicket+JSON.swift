import AccessModel
import Persistence
import StrictJSON

extension HoldTicket {
    public var json: JSONValue {
        var object = hold.json.object ?? JSONObject()
        object["needs"] = .array(needs.map(\.json))
        object["until"] = until.map { .string($0.description) } ?? .null
        return .object(object)
    }
}

extension HoldStore.Hold {
    fileprivate var json: JSONValue {
        [
            "id": .string(id), "kind": .string(kind), "state": .string(state.rawValue),
            "opened_at": .string(openedAt.description), "opened_by": .string(openedBy),
            "decided_by": decidedBy.map(JSONValue.string) ?? .null,
            "decided_at": decidedAt.map { .string($0.description) } ?? .null, "reason": body["reason"] ?? "",
            "people": body["people"] ?? .array([]), "changes": body["changes"] ?? .array([]),
            "problems": body["problems"] ?? .array([]),
        ]
    }
}

extension HoldTicket.Need {
    fileprivate var json: JSONValue {
        [
            "asks": .string(text), "count": .integer(Int64(count)), "missing": .integer(Int64(missing)),
            "agreed": .array(agreed.map { .string($0.text) }), "open": .array(open.map { .string($0.text) }),
        ]
    }
}
