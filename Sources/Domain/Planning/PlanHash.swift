import AccessModel
import Crypto
import StrictJSON

/// What binds an approval to exactly the changes that were reviewed.
enum PlanHash {
    /// Lower-case hex SHA-256 over the canonical JSON of
    /// `{"changes": [{"before", "fact", "held", "lane", "op", "target"}, ...], "definitions_revision": ...}`.
    static func hash(of changes: [Change], definitionsRevision: String) -> String {
        var hasher = SHA256()
        // Piece by piece: the same bytes as of the whole object, without holding it.
        var text = CanonicalText()
        text.raw("{\"changes\":[")
        for number in changes.indices {
            if number > 0 { text.raw(",") }
            text.write(changes[number])
            if text.bytes.count > 1 << 16 {
                hasher.update(data: text.bytes)
                text.bytes.removeAll(keepingCapacity: true)
            }
        }
        text.raw("],\"definitions_revision\":")
        text.write(definitionsRevision)
        text.raw("}")
        hasher.update(data: text.bytes)
        let digits = Array("0123456789abcdef".utf8)
        let hex = hasher.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: hex, as: UTF8.self)
    }
}

/// The canonical JSON of changes, written straight to bytes: a large plan has tens of thousands, and a tree of each
/// costs ten times what its text does.
struct CanonicalText {
    var bytes: [UInt8] = []

    /// The same bytes as the canonical JSON of the change's hashed members.
    mutating func write(_ change: Change) {
        raw("{\"before\":")
        if let before = change.before { write(before) } else { raw("null") }
        raw(",\"fact\":")
        write(change.fact)
        raw(change.isHeld ? ",\"held\":true" : ",\"held\":false")
        raw(",\"lane\":")
        write(change.lane.rawValue)
        raw(",\"op\":")
        write(change.operation.rawValue)
        raw(",\"target\":")
        write(change.target.text)
        raw("}")
    }

    mutating func write(_ fact: Fact) {
        switch fact {
        case .membership(let membership):
            raw("{\"account\":")
            write(membership.account)
            raw(",\"group\":")
            write(membership.group)
            raw(",\"identity\":")
            write(membership.identity.description)
            raw(",\"kind\":\"membership\"")
            write(",\"notation\":", membership.notation?.description)
            raw("}")
        case .account(let account): write(account)
        case .group, .roleAssignment, .federatedTrust, .eligibility, .credential, .session:
            bytes += fact.json.canonicalBytes
        }
    }

    private mutating func write(_ account: Account) {
        raw("{\"account\":")
        write(account.name)
        write(",\"department\":", account.department)
        write(",\"family_name\":", account.familyName)
        write(",\"given_name\":", account.givenName)
        raw(",\"identity\":")
        write(account.identity.description)
        raw(",\"kind\":\"account\",\"state\":")
        write(account.state.rawValue)
        write(",\"title\":", account.title)
        raw("}")
    }

    private mutating func write(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        raw(name)
        write(text)
    }

    mutating func raw(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    mutating func write(_ text: String) {
        let start = bytes.count
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                // Rare; the writer of canonical JSON knows how each is written.
                bytes.removeSubrange(start...)
                bytes += JSONValue.string(text).canonicalBytes
                return
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
