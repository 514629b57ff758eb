import StrictJSON
import WebServer

/// Cuts a batch of CloudEvents into its events, each with where it begins, so that what is wrong in one has its place in
/// the body.
struct EventBatch {
    /// Events that a batch may have.
    static let maximumCount = 1_000

    private let bytes: [UInt8]
    private var position = 0
    private var place = EventMessage.Origin()

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func split(_ bytes: [UInt8]) throws(Problem) -> [EventMessage] {
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes)
        } catch {
            throw Problem(.badRequest, "invalid-json", "the body is no JSON: \(error)")
        }
        guard let elements = value.array else {
            throw Problem(.badRequest, "invalid-batch", "a batch is an array of events, not \(value.kindName)")
        }
        guard elements.count <= maximumCount else {
            throw Problem(
                .contentTooLarge, "too-many-events",
                "\(elements.count) events are too many; a batch has \(maximumCount)")
        }
        var batch = EventBatch(bytes)
        batch.skip(UInt8(ascii: "["))
        return elements.indices.map { batch.next($0) }
    }

    /// The body is known to be an array that has another element.
    private mutating func next(_ index: Int) -> EventMessage {
        if index > 0 { skip(UInt8(ascii: ",")) }
        let (start, origin) = (position, place)
        var depth = 0
        var isInText = false
        while position < bytes.count {
            let byte = bytes[position]
            if isInText {
                if byte == UInt8(ascii: "\\") { step() } else if byte == UInt8(ascii: "\"") { isInText = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInText = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"): depth -= 1
                case UInt8(ascii: "]") where depth > 0: depth -= 1
                case UInt8(ascii: ",") where depth == 0, UInt8(ascii: "]"):
                    return message(start, origin, index)
                default: break
                }
            }
            step()
        }
        return message(start, origin, index)
    }

    private func message(_ start: Int, _ origin: EventMessage.Origin, _ index: Int) -> EventMessage {
        EventMessage(bytes: Array(bytes[start..<position]), origin: origin, index: index)
    }

    private mutating func step() {
        if position < bytes.count, bytes[position] == UInt8(ascii: "\n") {
            place = EventMessage.Origin(line: place.line + 1, column: 1)
        } else {
            place.column += 1
        }
        position += 1
    }

    /// Past one mark, and the space on either side of it.
    private mutating func skip(_ mark: UInt8) {
        let space: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
        while position < bytes.count, space.contains(bytes[position]) { step() }
        if position < bytes.count, bytes[position] == mark { step() }
        while position < bytes.count, space.contains(bytes[position]) { step() }
    }
}
