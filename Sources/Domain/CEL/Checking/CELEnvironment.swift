/// What the names in an expression can mean: variables with their types. Macros, standard functions and the functions
/// on strings are always there.
public struct CELEnvironment: Sendable {
    public struct Variable: Sendable {
        /// May be qualified, as `a.b.c`.
        public let name: String
        public let type: CELType

        public init(_ name: String, _ type: CELType) {
            self.name = name
            self.type = type
        }
    }

    /// In the order of their slots.
    public let variables: [Variable]
    private let slots: [CELString: Int]
    /// The most parts that a name has.
    private let longestName: Int

    /// Of variables of one name the first counts.
    public init(_ variables: [Variable]) {
        self.variables = variables
        slots = Dictionary(
            variables.enumerated().map { (CELString($1.name), $0) }, uniquingKeysWith: { first, _ in first })
        let names = variables.map(\.name) + Array(CELTypeName.all.keys)
        longestName = names.map { $0.utf8.count { $0 == UInt8(ascii: ".") } + 1 }.max() ?? 1
    }

    public init(variables: [String: CELType]) {
        self.init(variables.sorted { $0.key < $1.key }.map { Variable($0.key, $0.value) })
    }

    /// Where an activation holds the variable `name`.
    public func slot(of name: String) -> Int? { slots[CELString(name)] }
}

/// What a name stands for, and how many of its parts it took.
struct ResolvedName {
    enum Meaning {
        case variable(slot: Int)
        case type(CELTypeName)
    }

    let meaning: Meaning
    let parts: Int
}

extension CELEnvironment {
    /// The longest prefix of `parts` that names a variable or a type.
    func resolve(_ parts: [String]) -> ResolvedName? {
        for count in stride(from: min(parts.count, longestName), through: 1, by: -1) {
            let name = parts[..<count].joined(separator: ".")
            if let slot = slot(of: name) { return ResolvedName(meaning: .variable(slot: slot), parts: count) }
            if let type = CELTypeName.all[name] { return ResolvedName(meaning: .type(type), parts: count) }
        }
        return nil
    }
}
