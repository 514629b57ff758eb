import AccessModel
import StrictJSON

/// One line beside a sealed grant: what was about to be done with it, or what came of that. Each names the one before,
/// so that none can be taken away from between them.
public struct SealedReceipt: Hashable, Sendable {
    public enum Event: String, CaseIterable, Sendable {
        /// Written before the target is told; from here on it is used.
        case opening
        /// The target was read back: the window is open.
        case opened
        /// The target did not take it, or did not show it.
        case failed
        case closing
        /// The target was read back: the window is closed.
        case closed
        case closingFailed = "closing_failed"
    }

    public let seq: Int
    /// Of the line before; of the grant, for the first.
    public let previous: MerkleHash
    public let at: Instant
    public let event: Event
    /// Who did it, as far as the machine knows.
    public let actor: String
    public let from: Instant
    public let until: Instant
    /// Whether the person was in the group already: then closing takes nothing away.
    public let wasHeld: Bool
    /// Of `failed`: whether it was read back that the person is not in the group.
    public let isProvenAbsent: Bool
    /// What the target said, in a few words.
    public let note: String

    public init(
        seq: Int, previous: MerkleHash, at: Instant, event: Event, actor: String, from: Instant, until: Instant,
        wasHeld: Bool, isProvenAbsent: Bool = false, note: String
    ) {
        self.seq = seq
        self.previous = previous
        self.at = at
        self.event = event
        self.actor = actor
        self.from = from
        self.until = until
        self.wasHeld = wasHeld
        self.isProvenAbsent = isProvenAbsent
        self.note = note
    }

    public var json: JSONValue {
        [
            "seq": .int(seq), "previous": .string(previous.base64), "at": .instant(at),
            "event": .string(event.rawValue), "actor": .string(actor), "from": .instant(from),
            "until": .instant(until), "was_held": .bool(wasHeld), "proven_absent": .bool(isProvenAbsent),
            "note": .string(note),
        ]
    }

    /// As it stands in the file, without the line feed.
    public var line: [UInt8] { json.canonicalBytes }

    public var digest: MerkleHash { .leaf(line) }

    /// Reads one line, in its one form.
    public init?(line: some Collection<UInt8>) {
        let json: JSONValue
        do {
            json = try JSONParser.parse(line)
        } catch {
            return nil
        }
        func instant(_ name: String) -> Instant? { json[name]?.string.flatMap { Instant($0) } }
        guard let seq = json["seq"]?.integer, seq >= 0,
            let previous = json["previous"]?.string.flatMap({ MerkleHash(base64: $0) }), let at = instant("at"),
            let event = json["event"]?.string.flatMap(Event.init(rawValue:)), let actor = json["actor"]?.string,
            let from = instant("from"), let until = instant("until"), let wasHeld = json["was_held"]?.bool,
            let isProvenAbsent = json["proven_absent"]?.bool, let note = json["note"]?.string
        else { return nil }
        self.init(
            seq: Int(seq), previous: previous, at: at, event: event, actor: actor, from: from, until: until,
            wasHeld: wasHeld, isProvenAbsent: isProvenAbsent, note: note)
        guard self.line.elementsEqual(line) else { return nil }
    }
}
