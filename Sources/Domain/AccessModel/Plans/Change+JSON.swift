import StrictJSON

extension Change {
    /// As FORMATS gives it: `{"op", "lane", "target", "fact", "causes", "risk"}`, and what else is needed to read it
    /// back.
    public var json: JSONValue {
        var object = JSONObject()
        object["op"] = .string(operation.rawValue)
        object["lane"] = .string(lane.rawValue)
        object["target"] = .string(target.text)
        object["fact"] = fact.json
        object["before"] = before?.json
        object["causes"] = .array(causes.map(\.json))
        object["risk"] = .integer(Int64(risk))
        object["stage"] = .integer(Int64(stage))
        if !after.isEmpty { object["after"] = .array(after.map(JSONValue.string)) }
        if isCounted { object["counted"] = true }
        object["held"] = .bool(isHeld)
        return .object(object)
    }

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(json: JSONValue) {
        guard let operation = json["op"]?.string.flatMap(Operation.init(rawValue:)),
            let lane = json["lane"]?.string.flatMap(Lane.init(rawValue:)),
            let target = json["target"]?.string.flatMap({ Slug($0) }),
            let fact = json["fact"].flatMap({ Fact(json: $0) }),
            let causes = json["causes"]?.array?.map({ Cause(json: $0) }), !causes.contains(nil),
            let risk = json["risk"]?.integer, let stage = json["stage"]?.integer
        else { return nil }
        self.init(
            target: target, operation: operation, lane: lane, fact: fact,
            before: json["before"].flatMap { Fact(json: $0) },
            causes: causes.compactMap { $0 }, risk: Int(risk), stage: Int(stage),
            after: (json["after"]?.array ?? []).compactMap(\.string), isCounted: json["counted"]?.bool ?? false,
            isHeld: json["held"]?.bool ?? false)
    }
}
