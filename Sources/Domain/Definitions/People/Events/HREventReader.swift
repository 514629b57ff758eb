import AccessModel
import StrictJSON

/// Reads the envelope of an event, and then what it says of the person.
struct HREventReader {
    let locator: JSONLocator
    let rules: FeedRules
    var problems = ProblemList()

    init(locator: JSONLocator, rules: FeedRules) {
        self.locator = locator
        self.rules = rules
    }

    mutating func read(_ value: JSONValue) -> HREvent? {
        guard case .object(let object) = value else {
            add("wrong-type", [], "expected an object, a CloudEvents 1.0 event, found \(value.kindName)")
            return nil
        }
        checkNames(object)
        checkVersion(object)
        let id = text("id", object, maximumLength: 256)
        let source = text("source", object, maximumLength: 1_024)
        checkSource(source)
        let kind = readKind(object)
        let time = readTime(object)
        let person = readSubject(object)
        checkContentType(object)
        guard let kind, let person else { return nil }
        let effective = readEffective(object["data"])
        let attributes = readPerson(object["data"], kind: kind, id: person)
        guard !problems.hasErrors, let id, let source, let time else { return nil }
        let draft = HREventDraft(
            source: source, id: id, type: object["type"]?.string ?? "", kind: kind, time: time, effective: effective,
            person: person)
        return HREvent(draft, attributes: attributes, document: value)
    }

    mutating func add(_ code: String, _ path: [String], _ message: String) {
        let place = locator.place(of: path.map { .member($0) })
        problems.add(
            FeedProblem(
                code: code, line: place.line, column: place.column,
                field: path.isEmpty ? nil : path.joined(separator: "."), message: message))
    }

    /// CloudEvents names attributes in lower-case letters and digits; what is not its own is an extension.
    private mutating func checkNames(_ object: JSONObject) {
        for member in object.members where !HREvent.coreAttributes.contains(member.name) {
            if member.name == "data_base64" {
                add("binary-data", [member.name], "binary data is not taken; send JSON in `data`")
            } else if member.name.isEmpty || !member.name.utf8.allSatisfy({ $0.isLowercaseLetter || $0.isDigit }) {
                add(
                    "unknown-attribute", [member.name],
                    "it is no attribute of CloudEvents; extensions have names of lower-case letters and digits")
            } else {
                switch member.value {
                case .string, .bool, .integer, .null: continue
                default:
                    add(
                        "wrong-type", [member.name],
                        "an extension is a string, a boolean or a whole number, not \(member.value.kindName)")
                }
            }
        }
    }

    private mutating func checkVersion(_ object: JSONObject) {
        guard object["specversion"] != .string("1.0") else { return }
        add("specversion", ["specversion"], "expected exactly `\"1.0\"`, the version of CloudEvents that is read here")
    }

    /// A required string, not empty.
    private mutating func text(_ name: String, _ object: JSONObject, maximumLength: Int) -> String? {
        guard let value = object[name], value != .null else {
            add("missing-attribute", [name], "an event needs it")
            return nil
        }
        guard let text = value.string else {
            add("wrong-type", [name], "expected a string, found \(value.kindName)")
            return nil
        }
        guard !text.isEmpty else {
            add("missing-attribute", [name], "it may not be empty")
            return nil
        }
        if let fault = TextGrammar.fault(in: text, maximumLength: maximumLength) {
            add(fault.code, [name], fault.message)
            return nil
        }
        return text
    }

    private mutating func checkSource(_ source: String?) {
        guard let source, !URIReference.isValid(source.utf8) else { return }
        add("invalid-source", ["source"], "`\(source)` is not a URI reference; expected one like `hr/workday`")
    }

    private mutating func readKind(_ object: JSONObject) -> HREvent.Kind? {
        guard let type = text("type", object, maximumLength: 256) else { return nil }
        let parts = type.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            !part.isEmpty && part.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
        }
        if isName, let last = parts.last, let kind = HREvent.Kind(rawValue: String(decoding: last, as: UTF8.self)) {
            return kind
        }
        let kinds = HREvent.Kind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        add("unknown-type", ["type"], "`\(type)` is not known; expected `io.tenure.identity.` and one of \(kinds)")
        return nil
    }

    private mutating func readTime(_ object: JSONObject) -> Instant? {
        guard let text = text("time", object, maximumLength: 64) else { return nil }
        return instant(text, ["time"])
    }

    mutating func instant(_ text: String, _ path: [String]) -> Instant? {
        guard let time = Instant(text) else {
            add("invalid-time", path, "`\(text)` is not a time; expected one like `2026-11-21T17:00:00Z`")
            return nil
        }
        return time
    }

    private mutating func readSubject(_ object: JSONObject) -> PersonID? {
        guard let text = text("subject", object, maximumLength: 256) else { return nil }
        guard let id = PersonID(text) else {
            add("invalid-id", ["subject"], "`\(text)` is not the id of a person; expected one like `e-0042`")
            return nil
        }
        return id
    }

    private mutating func checkContentType(_ object: JSONObject) {
        if let type = object["datacontenttype"], type != .null, type != .string("application/json") {
            add("content-type", ["datacontenttype"], "expected `application/json`, or to be left out")
        }
        if let schema = object["dataschema"], schema != .null, schema.string == nil {
            add("wrong-type", ["dataschema"], "expected a string, found \(schema.kindName)")
        }
    }
}
