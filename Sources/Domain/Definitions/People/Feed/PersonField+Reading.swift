import AccessModel
import StrictJSON

/// What is wrong with the text of one field.
struct FieldFault: Error, Hashable {
    let code: String
    let message: String
}

extension PersonField {
    /// Reads the text of a CSV field, or of a JSON string.
    func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<PersonAttribute, FieldFault> {
        if let fault = TextGrammar.fault(in: bytes) { return .failure(fault) }
        if bytes.isEmpty, isRequired {
            return .failure(FieldFault(code: "missing-value", message: "it may not be empty"))
        }
        let text = String(decoding: bytes, as: UTF8.self)
        switch self {
        case .givenName: return .success(.givenName(text))
        case .familyName: return .success(.familyName(text))
        case .department: return .success(.department(text))
        case .title: return .success(.title(text))
        case .location: return .success(.location(text))
        case .startDate: return Self.date(text).map { .startDate($0) }
        case .endDate: return Self.date(text).map { .endDate($0) }
        case .id: return Self.personID(text).map { .id($0) }
        case .manager: return text.isEmpty ? .success(.manager(nil)) : Self.personID(text).map { .manager($0) }
        case .email: return Self.address(text).map { .email($0) }
        case .aliases: return Self.addresses(text).map { .aliases($0) }
        case .kind: return Self.word(text, "type", Person.Kind.allCases).map { .kind($0) }
        case .status: return Self.word(text, "status", Self.statuses).map { .status($0) }
        }
    }

    /// Reads a JSON member: a string, null for an empty field, and for aliases also an array of strings.
    func read(_ value: JSONValue) -> Result<PersonAttribute, FieldFault> {
        switch value {
        case .string(let text): return read(text: text)
        case .null: return read(text: "")
        case .array(let elements) where self == .aliases:
            var addresses: [EmailAddress] = []
            for element in elements {
                guard let text = element.string else {
                    return .failure(
                        FieldFault(code: "wrong-type", message: "expected strings, found \(element.kindName)"))
                }
                switch Self.address(text) {
                case .success(let address): addresses.append(address)
                case .failure(let fault): return .failure(fault)
                }
            }
            return .success(.aliases(addresses))
        default:
            let expected = self == .aliases ? "an array of strings" : "a string"
            return .failure(
                FieldFault(code: "wrong-type", message: "expected \(expected), found \(value.kindName)"))
        }
    }

    private func read(text: String) -> Result<PersonAttribute, FieldFault> {
        var text = text
        return text.withUTF8 { read($0) }
    }

    /// What a feed may say; a compromise comes as an event only.
    static let statuses: [Person.Status] = [.active, .suspended, .left]

    private static func personID(_ text: String) -> Result<PersonID, FieldFault> {
        guard let id = PersonID(text) else {
            let message =
                "`\(text)` is not an id; one begins with a letter or a digit and has up to 64 of letters, digits, "
                + "`.`, `_` and `-`"
            return .failure(FieldFault(code: "invalid-id", message: message))
        }
        return .success(id)
    }

    private static func address(_ text: String) -> Result<EmailAddress, FieldFault> {
        guard let address = EmailAddress(text) else {
            let message = "`\(text)` is not an e-mail address; expected ASCII like `name@example.com`"
            return .failure(FieldFault(code: "invalid-email", message: message))
        }
        return .success(address)
    }

    private static func addresses(_ text: String) -> Result<[EmailAddress], FieldFault> {
        guard !text.isEmpty else { return .success([]) }
        var addresses: [EmailAddress] = []
        for part in text.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
            switch address(String(decoding: part, as: UTF8.self)) {
            case .success(let address): addresses.append(address)
            case .failure(let fault): return .failure(fault)
            }
        }
        return .success(addresses)
    }

    private static func date(_ text: String) -> Result<DayOrTime?, FieldFault> {
        guard !text.isEmpty else { return .success(nil) }
        guard let date = DayOrTime(text) else {
            let message = "`\(text)` is not a date; expected a day that exists, `YYYY-MM-DD`"
            return .failure(FieldFault(code: "invalid-date", message: message))
        }
        return .success(date)
    }

    private static func word<Word: RawRepresentable<String>>(
        _ text: String, _ name: String, _ words: [Word]
    ) -> Result<Word, FieldFault> {
        guard let word = words.first(where: { $0.rawValue.utf8.elementsEqual(text.utf8) }) else {
            let expected = words.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            return .failure(
                FieldFault(code: "invalid-\(name)", message: "`\(text)` is not one of \(expected)"))
        }
        return .success(word)
    }
}
