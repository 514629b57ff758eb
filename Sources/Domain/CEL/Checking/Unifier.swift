/// Finds what the open types of an expression stand for.
struct Unifier {
    /// A type larger than this is taken for `dyn`, so that no expression makes types that grow without bounds.
    private static let maximumSize = 64

    private var meanings: [CELType?] = []
    /// The types that were bound, in order.
    private var bound: [Int] = []

    /// A type of which nothing is known yet.
    mutating func fresh() -> CELType {
        meanings.append(nil)
        return .parameter(meanings.count - 1)
    }

    /// Where to go back to when an attempt fails.
    struct Mark {
        fileprivate let types: Int
        fileprivate let bound: Int
    }

    var mark: Mark { Mark(types: meanings.count, bound: bound.count) }

    mutating func undo(to mark: Mark) {
        while bound.count > mark.bound { meanings[bound.removeLast()] = nil }
        meanings.removeLast(meanings.count - mark.types)
    }

    private mutating func bind(_ number: Int, to type: CELType) {
        meanings[number] = type.size > Self.maximumSize ? .dyn : type
        bound.append(number)
    }

    /// What `signature` gives for such arguments; nil when it does not take them.
    mutating func result(of signature: Signature, for arguments: [CELType]) -> CELType? {
        let base = meanings.count
        meanings += [nil, nil]
        for (argument, wanted) in zip(arguments, signature.arguments) {
            guard accepts(argument, as: wanted.shifted(by: base)) else { return nil }
        }
        return resolved(signature.result.shifted(by: base))
    }

    /// The type with what is known of its open parts; what stays open is `dyn` in the end.
    func resolved(_ type: CELType) -> CELType {
        switch type {
        case .parameter(let number): meanings[number].map(resolved) ?? type
        case .list(let element): .list(resolved(element))
        case .map(let key, let value): .map(resolved(key), resolved(value))
        case .type(let type): .type(resolved(type))
        default: type
        }
    }

    /// Whether a value of type `type` can stand where `wanted` is asked for; open types are bound on the way.
    mutating func accepts(_ type: CELType, as wanted: CELType) -> Bool {
        switch (resolved(type), resolved(wanted)) {
        case (.parameter(let left), .parameter(let right)) where left == right: return true
        case (.parameter(let number), let other), (let other, .parameter(let number)):
            guard !other.mentions(number) else { return false }
            bind(number, to: other)
            return true
        case (.dyn, _), (_, .dyn): return true
        case (.list(let left), .list(let right)): return accepts(left, as: right)
        case (.map(let key, let value), .map(let wantedKey, let wantedValue)):
            return accepts(key, as: wantedKey) && accepts(value, as: wantedValue)
        // Whatever a type denotes, it can be compared with any other.
        case (.type, .type): return true
        case (.null, .record), (.record, .null), (.null, .timestamp), (.timestamp, .null), (.null, .duration),
            (.duration, .null):
            return true
        case (let left, let right): return left == right
        }
    }

    /// The type of what may be one or the other: `dyn` when nothing narrower is both.
    mutating func join(_ left: CELType, _ right: CELType) -> CELType {
        let mark = mark
        let (left, right) = (resolved(left), resolved(right))
        if left == .dyn || right == .dyn { return .dyn }
        if accepts(right, as: left) { return left == .null ? right : resolved(left) }
        undo(to: mark)
        return .dyn
    }
}

extension CELType {
    var isOpen: Bool {
        switch self {
        case .parameter: true
        case .list(let element): element.isOpen
        case .map(let key, let value): key.isOpen || value.isOpen
        case .type(let type): type.isOpen
        default: false
        }
    }

    /// How many types it is made of.
    fileprivate var size: Int {
        switch self {
        case .list(let element): element.size + 1
        case .map(let key, let value): key.size + value.size + 1
        case .type(let type): type.size + 1
        default: 1
        }
    }

    /// Open types become `dyn`.
    var closed: CELType {
        switch self {
        case .parameter: .dyn
        case .list(let element): .list(element.closed)
        case .map(let key, let value): .map(key.closed, value.closed)
        case .type(let type): .type(type.closed)
        default: self
        }
    }

    fileprivate func shifted(by base: Int) -> CELType {
        switch self {
        case .parameter(let number): .parameter(number + base)
        case .list(let element): .list(element.shifted(by: base))
        case .map(let key, let value): .map(key.shifted(by: base), value.shifted(by: base))
        case .type(let type): .type(type.shifted(by: base))
        default: self
        }
    }

    fileprivate func mentions(_ parameter: Int) -> Bool {
        switch self {
        case .parameter(let number): number == parameter
        case .list(let element): element.mentions(parameter)
        case .map(let key, let value): key.mentions(parameter) || value.mentions(parameter)
        case .type(let type): type.mentions(parameter)
        default: false
        }
    }
}
