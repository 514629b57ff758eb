import CYAML
import StrictJSON

/// Reads the YAML of a kubeconfig, from libyaml's events, into a JSON value: mappings with names, lists, texts.
///
/// Plain `true`, `false` and `null` are what they say; everything else is text, as a number is in a token. What no
/// tool writes into a kubeconfig is refused: anchors, aliases, tags, names that repeat, more than one document.
struct KubeconfigYAML {
    static let maximumBytes = 1 << 20
    private static let maximumDepth = 32
    private static let maximumNodes = 50_000

    struct Problem: Error, Hashable {
        /// From 1.
        let line: Int
        let message: String
    }

    private enum Container {
        case list([JSONValue])
        case mapping(JSONObject, name: String?)
    }

    private var open: [Container] = []
    private var root: JSONValue?
    private var documents = 0
    private var nodes = 0

    static func parse(_ bytes: [UInt8]) throws(Problem) -> JSONValue {
        guard bytes.count <= maximumBytes else { throw Problem(line: 1, message: "it is larger than 1 MiB") }
        var reader = KubeconfigYAML()
        let result = bytes.withUnsafeBufferPointer { bytes -> Result<Void, Problem> in
            do throws(Problem) {
                return .success(try reader.read(bytes))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
        guard let root = reader.root else { throw Problem(line: 1, message: "it is empty") }
        return root
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(Problem) {
        // libyaml keeps pointers into its parser, so it may not move.
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else { throw Problem(line: 1, message: "no memory to read it") }
        defer { yaml_parser_delete(parser) }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
        let event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
        defer { event.deallocate() }
        while true {
            guard yaml_parser_parse(parser, event) == 1 else {
                throw Problem(line: Int(parser.pointee.problem_mark.line) + 1, message: "it is not valid YAML")
            }
            defer { yaml_event_delete(event) }
            if event.pointee.type == YAML_STREAM_END_EVENT { return }
            try take(event.pointee)
        }
    }

    private mutating func take(_ event: yaml_event_t) throws(Problem) {
        let line = Int(event.start_mark.line) + 1
        switch event.type {
        case YAML_DOCUMENT_START_EVENT:
            documents += 1
            if documents > 1 { throw Problem(line: line, message: "it holds more than one document") }
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            try refuse(scalar.anchor != nil || (scalar.tag != nil && scalar.plain_implicit == 0), line)
            try append(Self.value(scalar), line)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            try refuse(start.anchor != nil || start.tag != nil, line)
            try begin(.list([]), line)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            try refuse(start.anchor != nil || start.tag != nil, line)
            try begin(.mapping(JSONObject(), name: nil), line)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: try end(line)
        case YAML_ALIAS_EVENT: try refuse(true, line)
        default: break
        }
    }

    private func refuse(_ isRefused: Bool, _ line: Int) throws(Problem) {
        if isRefused {
            throw Problem(line: line, message: "anchors, aliases and tags are refused; write the value out")
        }
    }

    private static func value(_ scalar: yaml_event_s.__Unnamed_union_data.__Unnamed_struct_scalar) -> JSONValue {
        let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        let text = String(decoding: bytes, as: UTF8.self)
        guard scalar.style == YAML_PLAIN_SCALAR_STYLE else { return .string(text) }
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "", "~", "null": return .null
        default: return .string(text)
        }
    }

    private mutating func begin(_ container: Container, _ line: Int) throws(Problem) {
        guard open.count < Self.maximumDepth else { throw Problem(line: line, message: "it is nested too deeply") }
        if case .mapping(_, name: nil) = open.last { throw Problem(line: line, message: "a name must be text") }
        open.append(container)
    }

    private mutating func end(_ line: Int) throws(Problem) {
        switch open.popLast() {
        case .list(let values): try append(.array(values), line)
        case .mapping(let object, _): try append(.object(object), line)
        case nil: throw Problem(line: line, message: "it is not valid YAML")
        }
    }

    private mutating func append(_ value: JSONValue, _ line: Int) throws(Problem) {
        nodes += 1
        guard nodes <= Self.maximumNodes else { throw Problem(line: line, message: "it holds too much") }
        switch open.popLast() {
        case nil: root = value
        case .list(let values): open.append(.list(values + [value]))
        case .mapping(let object, name: nil):
            guard case .string(let name) = value else { throw Problem(line: line, message: "a name must be text") }
            guard object[name] == nil else { throw Problem(line: line, message: "`\(name)` stands there twice") }
            open.append(.mapping(object, name: name))
        case .mapping(var object, let name?):
            object[name] = value
            open.append(.mapping(object, name: nil))
        }
    }
}
