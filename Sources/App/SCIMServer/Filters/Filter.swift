import StrictJSON

/// A filter of RFC 7644, section 3.4.2.2, as it was written. What its paths mean is known where it is used.
indirect enum Filter: Hashable, Sendable {
    case and(Filter, Filter)
    case or(Filter, Filter)
    case not(Filter)
    case present(String)
    case compare(String, Operator, Literal)
    /// `emails[type eq "work"]`: one value of an attribute that fits all of a filter.
    case values(String, Filter)

    enum Operator: String, CaseIterable, Sendable {
        case equal = "eq"
        case notEqual = "ne"
        case contains = "co"
        case startsWith = "sw"
        case endsWith = "ew"
        case greater = "gt"
        case greaterOrEqual = "ge"
        case less = "lt"
        case lessOrEqual = "le"

        /// Whether it asks what comes first.
        var isOrdering: Bool {
            switch self {
            case .greater, .greaterOrEqual, .less, .lessOrEqual: true
            default: false
            }
        }

        /// Whether it looks into a text.
        var isWithinText: Bool {
            switch self {
            case .contains, .startsWith, .endsWith: true
            default: false
            }
        }
    }

    /// Whether it is the one comparison that identity providers make before each change: `userName eq "..."`.
    var isUsual: Bool {
        guard case .compare(let path, .equal, .string) = self else { return false }
        return ["username", "externalid", "displayname", "id"].contains(path.lowercased())
    }

    /// Whether it asks for a user by what an index finds.
    var isByKeyOfUser: Bool {
        guard case .compare(let path, .equal, .string) = self else { return false }
        return ["username", "externalid", "id"].contains(path.lowercased())
    }

    /// JSON's values, but for objects and arrays.
    enum Literal: Hashable, Sendable {
        case null
        case bool(Bool)
        case string(String)
        case integer(Int64)
        case number(Double)

        var json: JSONValue {
            switch self {
            case .null: .null
            case .bool(let value): .bool(value)
            case .string(let value): .string(value)
            case .integer(let value): .integer(value)
            case .number(let value): .number(value)
            }
        }
    }
}

extension Filter: CustomStringConvertible {
    /// With all of its parentheses; reads as the same filter.
    var description: String {
        switch self {
        case .and(let left, let right): "(\(left) and \(right))"
        case .or(let left, let right): "(\(left) or \(right))"
        case .not(let filter): "not (\(filter))"
        case .present(let path): "\(path) pr"
        case .compare(let path, let comparison, let literal):
            "\(path) \(comparison.rawValue) \(literal.json.compactText)"
        case .values(let path, let filter): "\(path)[\(filter)]"
        }
    }
}
