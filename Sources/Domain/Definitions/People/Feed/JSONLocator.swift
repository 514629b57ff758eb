import StrictJSON

/// Finds where a member or an element stands in a JSON text that the parser has taken already.
///
/// The parser keeps no places, so that a good feed pays nothing for them; a bad one is read again here.
struct JSONLocator {
    enum Step: Hashable {
        case member(String)
        case element(Int)
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The line and column of the value at `path`; of the innermost value that is there when it is not.
    func place(of path: [Step]) -> FeedPlace { FeedPlace(offset: offset(of: path), in: bytes) }

    /// Where each element of the array at `path` begins, in order; one pass over the text.
    func elementPlaces(of path: [Step]) -> [FeedPlace] {
        var locator = self
        locator.position = offset(of: path)
        var scanned = FeedPlace.Scan()
        var places: [FeedPlace] = []
        _ = locator.visitChildren { locator, _ in
            places.append(scanned.place(of: locator.position, in: bytes))
            return false
        }
        return places
    }

    /// Like ``place(of:)``, within the value that begins at `start`.
    func place(of path: [Step], from start: FeedPlace) -> FeedPlace {
        FeedPlace(offset: offset(of: path, from: start.offset), in: bytes)
    }

    private func offset(of path: [Step], from start: Int = 0) -> Int {
        var locator = self
        locator.position = start
        locator.skipSpace()
        for step in path {
            let before = locator.position
            guard locator.visitChildren({ $1 == step }) else { return before }
        }
        return locator.position
    }

    /// Stands at the child for which `body` said true, or past the value when there was none.
    private mutating func visitChildren(_ body: (JSONLocator, Step) -> Bool) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "{") || bytes[position] == UInt8(ascii: "[")
        else { return false }
        let isObject = bytes[position] == UInt8(ascii: "{")
        position += 1
        skipSpace()
        var index = 0
        while position < bytes.count, bytes[position] != UInt8(ascii: "}"), bytes[position] != UInt8(ascii: "]") {
            let step = isObject ? Step.member(name()) : .element(index)
            if body(self, step) { return true }
            skipValue()
            skipSpace()
            if position < bytes.count, bytes[position] == UInt8(ascii: ",") { position += 1 }
            skipSpace()
            index += 1
        }
        position += 1
        return false
    }

    /// A member's name; stands at its value afterwards.
    private mutating func name() -> String {
        let start = position
        skipString()
        let quoted = Array(bytes[start..<position])
        skipSpace()
        position += 1
        skipSpace()
        guard quoted.contains(UInt8(ascii: "\\")) else {
            return String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
        }
        do {
            return try JSONParser.parse(quoted).string ?? ""
        } catch {
            return ""
        }
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func skipString() {
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position += 1
    }

    private mutating func skipValue() {
        switch position < bytes.count ? bytes[position] : 0 {
        case UInt8(ascii: "\""): skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["): _ = visitChildren { _, _ in false }
        default:
            while position < bytes.count, !Array(",]} \t\r\n".utf8).contains(bytes[position]) { position += 1 }
        }
    }
}
