import StrictJSON

extension Cause {
    /// `{"kind": "definition", "file": ..., "line": ..., "column": ...}`; a `text` member says it in one line.
    public var json: JSONValue {
        var object = JSONObject()
        func put(_ kind: String, _ members: [(String, JSONValue)]) {
            object["kind"] = .string(kind)
            for (name, value) in members { object[name] = value }
        }
        func at(_ place: SourceLocation) -> [(String, JSONValue)] {
            [
                ("file", .string(place.file)), ("line", .integer(Int64(place.line))),
                ("column", .integer(Int64(place.column))),
            ]
        }
        switch self {
        case .definition(let place): put("definition", at(place))
        case .birthright(let rule, let place): put("birthright", [("rule", .string(rule))] + at(place))
        case .event(let source, let id, let type):
            put("event", [("source", .string(source)), ("id", .string(id)), ("type", .string(type))])
        case .snapshot(let asOf, let note):
            put("snapshot", [("as_of", .string(asOf.description)), ("note", .string(note))])
        case .grant(let id, let until): put("grant", [("id", .string(id)), ("until", .string(until.description))])
        case .ended(let day): put("ended", [("day", .string(day.description))])
        case .notStarted(let day): put("not_started", [("day", .string(day.description))])
        case .moverLapse(let tenant, let at):
            put("mover_lapse", [("tenant", .string(tenant.text)), ("at", .string(at.description))])
        case .definitionRemoved(let note): put("definition_removed", [("note", .string(note))])
        case .retention(let since): put("retention", [("disabled_since", .string(since.description))])
        case .drift: put("drift", [])
        }
        object["text"] = .string(description)
        return .object(object)
    }

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(json: JSONValue) {
        func text(_ name: String) -> String? { json[name]?.string }
        func time(_ name: String) -> Instant? { text(name).flatMap { Instant($0) } }
        func day() -> CalendarDay? { text("day").flatMap { CalendarDay($0) } }
        func place() -> SourceLocation? {
            guard let file = text("file"), let line = json["line"]?.integer, let column = json["column"]?.integer else {
                return nil
            }
            return SourceLocation(file: file, line: Int(line), column: Int(column))
        }
        let cause: Cause? =
            switch text("kind") {
            case "definition": place().map { .definition($0) }
            case "birthright": place().flatMap { place in text("rule").map { .birthright(rule: $0, place) } }
            case "event":
                text("source").flatMap { source in
                    text("id").flatMap { id in text("type").map { .event(source: source, id: id, type: $0) } }
                }
            case "snapshot": time("as_of").flatMap { time in text("note").map { .snapshot(asOf: time, note: $0) } }
            case "grant": time("until").flatMap { until in text("id").map { .grant(id: $0, until: until) } }
            case "ended": day().map { .ended($0) }
            case "not_started": day().map { .notStarted($0) }
            case "mover_lapse":
                time("at").flatMap { at in text("tenant").flatMap { Slug($0) }.map { .moverLapse(tenant: $0, at: at) } }
            case "definition_removed": text("note").map { .definitionRemoved(note: $0) }
            case "retention": time("disabled_since").map { .retention(disabledSince: $0) }
            case "drift": .drift
            default: nil
            }
        guard let cause else { return nil }
        self = cause
    }
}
