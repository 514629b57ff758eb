import AccessModel
import StrictJSON

/// Reads back what this binary, or an earlier one, wrote. What cannot be read is corrupt, never skipped.
extension SQLRow {
    func json(_ column: Int) throws(PersistenceError) -> JSONValue {
        let text = try text(column)
        do {
            return try JSONParser.parse(text)
        } catch {
            throw corrupt(column, "\(error)")
        }
    }

    func person(_ column: Int) throws(PersistenceError) -> PersonID {
        guard let person = PersonID(try text(column)) else { throw corrupt(column, "not a person's id") }
        return person
    }

    func slug(_ column: Int) throws(PersistenceError) -> Slug {
        guard let slug = Slug(try text(column)) else { throw corrupt(column, "not a slug") }
        return slug
    }

    func fact(_ column: Int) throws(PersistenceError) -> Fact {
        guard let fact = Fact(json: try json(column)) else { throw corrupt(column, "not a fact") }
        return fact
    }

    func causes(_ column: Int) throws(PersistenceError) -> [Cause] {
        guard let array = try json(column).array else { throw corrupt(column, "not a list of causes") }
        var causes: [Cause] = []
        for element in array {
            guard let cause = Cause(json: element) else { throw corrupt(column, "not a cause") }
            causes.append(cause)
        }
        return causes
    }

    func corrupt(_ column: Int, _ message: String) -> PersistenceError {
        PersistenceError(code: .corrupt, operation: "read column \(column)", message: message)
    }
}

extension SQLValue {
    /// The canonical text, so that equal values are equal texts.
    static func json(_ value: JSONValue) -> SQLValue { .text(String(decoding: value.canonicalBytes, as: UTF8.self)) }
    static func slug(_ value: Slug) -> SQLValue { .text(value.text) }
    static func person(_ value: PersonID) -> SQLValue { .text(value.text) }
}
