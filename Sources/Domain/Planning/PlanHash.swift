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
        text.bytes.reserveCapacity(1 << 17)
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
    // Changes come in their order, so that most of a text is that of the one before.
    private var groupText = GroupText()

    /// What the memberships of one group have in common.
    private struct GroupText {
        var slug = ""
        var notation: Group?
        var beforeIdentity: [UInt8] = []
        var afterIdentity: [UInt8] = []

        /// Byte by byte: two names that only look alike are hashed apart.
        func isOf(_ membership: Membership) -> Bool {
            !afterIdentity.isEmpty && slug.utf8.elementsEqual(membership.group.utf8) && notation == membership.notation
        }
    }

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
            if !groupText.isOf(membership) { begin(membership.group, membership.notation) }
            raw("{\"account\":")
            write(membership.account)
            bytes += groupText.beforeIdentity
            write(membership.identity.description)
            bytes += groupText.afterIdentity
        case .account(let account): write(account)
        case .group, .roleAssignment, .federatedTrust, .eligibility, .credential, .session:
            bytes += fact.json.canonicalBytes
        }
    }

    private mutating func begin(_ slug: String, _ notation: Group?) {
        var (before, after) = (CanonicalText(), CanonicalText())
        before.raw(",\"group\":")
        before.write(slug)
        before.raw(",\"identity\":")
        after.raw(",\"kind\":\"membership\"")
        if let notation { after.write(notation: notation) }
        after.raw("}")
        groupText = GroupText(
            slug: slug, notation: notation, beforeIdentity: before.bytes, afterIdentity: after.bytes)
    }

    private mutating func write(_ account: Account) {
        raw("{\"account\":")
        write(account.name)
        write(",\"department\":", account.department)
        write(",\"family_name\":", account.familyName)
        write(",\"given_name\":", account.givenName)
        raw(",\"identity\":")
        write(account.identity.description)
        raw(",\"kind\":\"account\"")
        switch account.end {
        case nil: break
        case .never: raw(",\"last_day\":null")
        case .after(let day): write(",\"last_day\":", day.description)
        }
        raw(",\"state\":")
        write(account.state.rawValue)
        write(",\"title\":", account.title)
        raw("}")
    }

    private mutating func write(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        raw(name)
        write(text)
    }

    /// The group's notation, whose quotes are escaped; nothing else of it needs to be.
    private mutating func write(notation group: Group) {
        raw(",\"notation\":\"Group(\\\"")
        plain(group.tenant.text)
        raw("\\\", \\\"")
        plain(group.tier.text)
        raw("\\\", \\\"")
        plain(group.role.rawValue)
        raw("\\\")\"")
    }

    mutating func raw(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    private mutating func plain(_ text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ text: String) {
        var text = text
        let isPlain = text.withUTF8 { utf8 in
            guard utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) else {
                return false
            }
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: utf8)
            bytes.append(UInt8(ascii: "\""))
            return true
        }
        // Rare; the writer of canonical JSON knows how each is written.
        if !isPlain { bytes += JSONValue.string(text).canonicalBytes }
    }
}
